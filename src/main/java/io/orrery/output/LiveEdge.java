package io.orrery.output;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputChunk;
import io.orrery.bus.OutputEvent;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is new of one job, each byte read once for all who sit at the edge, and no faster
 * than they take it: what would be too much is skipped, and they read it from the files. For the
 * tail's thread.
 */
final class LiveEdge {
  private static final Logger LOG = LoggerFactory.getLogger(LiveEdge.class);

  /** The most bytes on the bus that a reader has not taken. */
  private static final long WINDOW = 1024 * 1024;

  /** Further behind than this, readers do better with the files. */
  private static final long FURTHEST = 4 * WINDOW;

  /** The longest that a reader whose thread is busy makes the others wait. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final JobId job;
  private final OutputFiles files;
  private final OutputBus bus;
  private final TailLoop loop;
  private final List<Seat> seats = new ArrayList<>();
  private StreamBytes published = StreamBytes.NONE;
  private StreamBytes target = StreamBytes.NONE;
  private Instant time = Instant.EPOCH;
  private boolean waiting;
  private long waitingSince;

  LiveEdge(JobId job, OutputFiles files, OutputBus bus, TailLoop loop) {
    this.job = job;
    this.files = files;
    this.bus = bus;
    this.loop = loop;
  }

  int readers() {
    return seats.size();
  }

  /** Takes a reader in, who reads from the files what was published before. */
  void join(Seat seat) {
    if (seats.isEmpty()) {
      published = target;
    }
    seat.begin(published);
    seats.add(seat);
    seat.tell(new Seat.Edge(published, null));
  }

  void leave(Seat seat) {
    if (seats.remove(seat) && seats.isEmpty()) {
      waiting = false;
      closeFiles();
    } else {
      resume();
    }
  }

  /** Tells a reader who fears to have missed something. */
  void ask(Seat seat) {
    if (seats.contains(seat)) {
      seat.tell(new Seat.Edge(published, null));
    }
  }

  /** The streams have these sizes, as was seen at this time. */
  void publish(StreamBytes observed, Instant seen) {
    target = observed;
    time = seen;
    resume();
  }

  /** Nothing writes any more. */
  void end(StreamBytes totals) {
    bus.publish(new OutputEvent.Ended(job, totals));
    seats.clear();
    closeFiles();
  }

  private void resume() {
    while (readers() > 0 && !published.equals(target)) {
      if (distance() > FURTHEST || hasWaitedLong()) {
        skip();
      } else if (isWindowFull()) {
        awaitReaders();
        return;
      } else {
        publishNext();
      }
    }
    waiting = false;
  }

  private long distance() {
    return target.stdout() - published.stdout() + target.stderr() - published.stderr();
  }

  private boolean isWindowFull() {
    return seats.stream().anyMatch(seat -> seat.untaken(published) >= WINDOW);
  }

  private boolean hasWaitedLong() {
    return waiting && System.nanoTime() - waitingSince >= PATIENCE.toNanos();
  }

  /** Asks first and looks again then, so that a reader who takes in between is not missed. */
  private void awaitReaders() {
    if (!waiting) {
      waiting = true;
      waitingSince = System.nanoTime();
      loop.after(PATIENCE.plusMillis(5), this::resumeIfWaiting);
    }
    Runnable again = () -> loop.execute(this::resumeIfWaiting);
    for (Seat seat : seats) {
      if (seat.untaken(published) >= WINDOW) {
        seat.await(again);
      }
    }
    if (!isWindowFull()) {
      again.run();
    }
  }

  private void resumeIfWaiting() {
    if (waiting) {
      resume();
    }
  }

  private void skip() {
    waiting = false;
    published = target;
    bus.publish(new OutputEvent.Moved(job, target));
  }

  private void publishNext() {
    StandardStream stream =
        published.stdout() < target.stdout() ? StandardStream.STDOUT : StandardStream.STDERR;
    long from = published.of(stream);
    long to = Math.min(target.of(stream), Piece.boundaryAfter(from));
    byte[] bytes = read(stream, from, (int) (to - from));
    if (bytes.length == 0) {
      skip();
      return;
    }
    waiting = false;
    published = published.with(stream, from + bytes.length);
    bus.publish(new OutputChunk(job, stream, from, time, OutputHistory.buffer(bytes)));
  }

  private byte[] read(StandardStream stream, long from, int length) {
    try {
      return files.read(stream, from, length);
    } catch (IOException e) {
      LOG.warn("job {}: {} cannot be read", job, stream.fileName(), e);
      return new byte[0];
    }
  }

  private void closeFiles() {
    try {
      files.close();
    } catch (IOException e) {
      LOG.warn("job {}: closing its output", job, e);
    }
  }
}
