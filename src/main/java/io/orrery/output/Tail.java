package io.orrery.output;

import io.orrery.bus.OutputBus;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import io.orrery.job.StopLimit;
import io.orrery.posix.PosixException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees one job's output grow: keeps the timeline, and has the edge publish it if there are readers.
 * For the tail's thread.
 */
final class Tail {
  private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

  private final JobOutput output;
  private final OutputFiles files;
  private final LiveEdge edge;
  private final TailLoop loop;
  private final Tools tools;
  private final List<Integer> watches = new ArrayList<>();

  /** One object, so that events of both files at a time are one call. */
  private final Runnable listener = this::heard;

  private @Nullable TimelineWriter timeline;
  private StreamBytes observed = StreamBytes.NONE;
  private boolean watching;
  private boolean muted;
  private boolean timerRuns;
  private boolean complained;
  private LimitWatch limit;

  /** What all tails of a worker share; {@code punching} runs what may wait for the disk. */
  record Tools(OutputBus bus, TailLoop loop, InstantSource clock, Executor punching) {}

  Tail(JobOutput output, Tools tools) {
    this.output = output;
    this.files = new OutputFiles(output.directory());
    this.edge = new LiveEdge(output.job(), files, tools.bus(), tools.loop());
    this.loop = tools.loop();
    this.tools = tools;
    this.limit = limitWatch(StreamLimit.NONE);
  }

  private LimitWatch limitWatch(StreamLimit most) {
    return new LimitWatch(output.job(), files, most, tools.bus(), tools.punching());
  }

  /** Whether there is nothing to see and nobody who would look. */
  boolean isIdle() {
    return !watching && edge.readers() == 0;
  }

  int readers() {
    return edge.readers();
  }

  /** The job is about to write, or has begun to. */
  void watch(StreamLimit most) {
    if (watching) {
      return;
    }
    limit = limitWatch(most);
    createFiles();
    openTimeline();
    watching = true;
    listenOrLook();
    observe();
  }

  void join(Seat seat) {
    edge.join(seat);
    if (watching) {
      if (muted) {
        listenOrLook();
      }
      observe();
    }
  }

  void leave(Seat seat) {
    edge.leave(seat);
  }

  void ask(Seat seat) {
    observe();
    edge.ask(seat);
  }

  /** Nothing writes any more: what was not seen yet is seen now. */
  StreamBytes finish() {
    if (timeline == null) {
      openTimeline();
    }
    observe();
    enforce(() -> limit.finish(observed));
    watching = false;
    watches.forEach(loop::forget);
    watches.clear();
    closeTimeline();
    return observed;
  }

  /** Tells the readers of the end. */
  void end(StreamBytes totals) {
    edge.end(totals);
  }

  private void heard() {
    if (!watching) {
      return; // an event of before its end, which has been told
    }
    observe();
    if (edge.readers() == 0) {
      mute();
    }
  }

  /** Whether anything was new. */
  private boolean observe() {
    StreamBytes sizes = sizes();
    if (sizes.equals(observed)) {
      return false;
    }
    observed = sizes;
    Instant now = tools.clock().instant();
    edge.publish(observed, record(now));
    enforce(() -> limit.look(observed));
    return true;
  }

  private interface Enforcing {
    void run() throws IOException;
  }

  private void enforce(Enforcing enforcing) {
    try {
      enforcing.run();
    } catch (IOException e) {
      complain("the limit of its output cannot be kept", e);
    }
  }

  private void createFiles() {
    try {
      OutputFiles.create(output.directory());
    } catch (IOException e) {
      complain("its output has no files yet", e);
    }
  }

  private void openTimeline() {
    try {
      timeline = new TimelineWriter(files.timeline());
      observed = observed.max(timeline.savedSizes());
    } catch (IOException e) {
      complain("its timeline cannot be read", e);
    }
    edge.publish(observed, tools.clock().instant());
    enforce(() -> limit.look(observed));
  }

  private StreamBytes sizes() {
    try {
      return files.sizesAfter(observed);
    } catch (IOException e) {
      complain("its output cannot be looked at", e);
      return observed;
    }
  }

  /** Answers with the time that those are told who read it later. */
  private Instant record(Instant now) {
    if (timeline != null) {
      try {
        return timeline.observe(now, observed);
      } catch (IOException e) {
        complain("its timeline cannot be written", e);
      }
    }
    return now;
  }

  private void mute() {
    muted = true;
    for (StandardStream stream : StandardStream.values()) {
      try {
        loop.quiet(files.path(stream));
      } catch (PosixException e) {
        complain("its output cannot be watched", e);
      }
    }
    lookLater();
  }

  private void lookLater() {
    if (!timerRuns) {
      timerRuns = true;
      loop.after(pace(), this::unmute);
    }
  }

  /** How soon a job that nobody follows is looked at again while it prints. */
  private Duration pace() {
    try {
      return limit.pace(observed);
    } catch (IOException e) {
      return StopLimit.USUAL_PACE;
    }
  }

  private void unmute() {
    timerRuns = false;
    if (watching && muted) {
      listenOrLook();
      if (observe() && edge.readers() == 0) {
        mute();
      }
    }
  }

  /** Listens first; the caller looks then, so that nothing is missed in between. */
  private void listenOrLook() {
    muted = !listen();
    if (muted) {
      lookLater();
    }
  }

  /** Says whether the kernel tells of the files; where it does not, they are looked at. */
  private boolean listen() {
    watches.clear();
    try {
      for (StandardStream stream : StandardStream.values()) {
        watches.add(loop.listen(files.path(stream), listener));
      }
      return true;
    } catch (PosixException e) {
      complain("its output is looked at every few milliseconds", e);
      return false;
    }
  }

  private void closeTimeline() {
    if (timeline != null) {
      try {
        timeline.close();
      } catch (IOException e) {
        complain("its timeline cannot be written", e);
      }
    }
  }

  private void complain(String what, @Nullable Exception cause) {
    if (!complained) {
      complained = true;
      LOG.warn("job {}: {}", output.job(), what, cause);
    }
  }
}
