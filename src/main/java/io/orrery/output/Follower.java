package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.bus.OutputEvent;
import io.orrery.job.ApiException;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of a job's output: from the files until it has caught up, then from the bus. Every
 * byte comes once and in order, whatever the bus loses, doubles or swaps, since the offsets decide;
 * what the reader has no room for waits in the file.
 *
 * <p>All state belongs to one context. Whatever happens only changes what is known; {@link #pump}
 * then does what there is to do.
 */
public final class Follower {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  /** Further behind than this, the bus brings what cannot be used yet: the reader leaves it. */
  private static final long NEAR = 1024 * 1024;

  /** What was read ahead for a reader with no room is given back after this time. */
  private static final long HOLD_MILLIS = 1000;

  private final OutputTails tails;
  private final JobOutput output;
  private final FollowRequest request;
  private final Sink sink;
  private final Context context;
  private final BatchReader files;
  private final Outlet outlet;
  private final Membership edge;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Where the reader began, how far it has read, how far the job is known to be, and where it ends.
   */
  private StreamBytes start = StreamBytes.NONE;

  private StreamBytes next = StreamBytes.NONE;
  private StreamBytes known = StreamBytes.NONE;
  private @Nullable StreamBytes end;
  private long heartbeatTimer = -1;
  private long holdTimer = -1;

  Follower(OutputTails tails, JobOutput output, FollowRequest request, Sink sink) {
    this.tails = tails;
    this.output = output;
    this.request = request;
    this.sink = sink;
    this.context = tails.vertx().getOrCreateContext();
    this.files = new BatchReader(tails, output, request, this::broken);
    this.outlet = new Outlet(sink, closed::get);
    this.edge = new Membership(tails, output);
  }

  JobId job() {
    return output.job();
  }

  /** The sink gets nothing any more. May be called on any thread, and more than once. */
  public void close() {
    if (closed.compareAndSet(false, true)) {
      context.runOnContext(ignored -> release());
    }
  }

  /** The worker is about to stop; done when the sink was told. */
  Future<Void> stop() {
    Promise<Void> told = Promise.promise();
    context.runOnContext(
        ignored -> {
          fail(OutputErrors.draining(outlet.delivered()));
          told.complete();
        });
    return told.future();
  }

  void start() {
    context.runOnContext(
        ignored -> {
          if (closed.get()) {
            return;
          }
          sink.drainHandler(() -> context.runOnContext(drained -> drained()));
          heartbeatTimer =
              tails
                  .vertx()
                  .setPeriodic(tails.patience().heartbeat().toMillis(), timer -> heartbeat());
          files.begin(request.start(), this::begin);
        });
  }

  private void begin(OutputHistory.Beginning beginning) {
    start = beginning.offsets();
    next = start;
    known = beginning.sizes();
    outlet.begin(next);
    tails.totals(output.job()).ifPresentOrElse(this::ended, this::snapshot);
    pump();
  }

  /** Who does not follow gets what is there now. */
  private void snapshot() {
    if (!request.follow()) {
      end = known;
    }
  }

  private void ended(StreamBytes totals) {
    end = totals;
    known = totals;
  }

  /** Does what there is to do: read on, deliver, sit down at the edge, or end. */
  private void pump() {
    if (closed.get()) {
      return;
    }
    readAhead();
    deliver();
    readAhead(); // what was too much to read beside it before the delivery
    if (end != null || distance() > (outlet.isFull() ? 0 : NEAR)) {
      edge.leave();
    }
    if (closed.get() || outlet.isFull() || files.isBusy() || !outlet.isEmpty()) {
      return;
    }
    if (end != null) {
      finish(end);
    } else if (edge.isAbsent()) {
      files.rest();
      edge.join(this::heard, place -> context.runOnContext(ignored -> told(place)));
    }
  }

  /** Reads while the reader is busy with what was read before. */
  private void readAhead() {
    if (!files.isBusy() && outlet.hasRoom() && distance() > 0) {
      OutputHistory.Wish wish = new OutputHistory.Wish(next, known, end, outlet.appetite());
      files.next(wish, this::arrived, this::pump);
    }
  }

  private void arrived(OutputHistory.Batch batch) {
    next = batch.end();
    if (end == null) {
      known = known.max(batch.sizes());
    }
    outlet.addAll(batch.passages());
  }

  private void deliver() {
    guarded(outlet::deliver);
    if (outlet.isFull() && holdTimer == -1) {
      holdTimer = tails.vertx().setTimer(HOLD_MILLIS, timer -> giveBack());
    }
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.debug("job {}: a reader has gone", output.job(), e);
      close();
    }
  }

  private void drained() {
    outlet.drained();
    pump();
  }

  private void giveBack() {
    holdTimer = -1;
    if (outlet.isFull() && !closed.get()) {
      outlet.clear();
      next = outlet.delivered();
      files.recall();
    }
  }

  private void heard(OutputEvent event) {
    switch (event) {
      case OutputChunk chunk -> heardChunk(chunk);
      case OutputEvent.Moved moved -> {
        edge.take(moved.sizes());
        known = known.max(moved.sizes());
      }
      case OutputEvent.Ended done -> ended(done.totals());
    }
    pump();
  }

  private void heardChunk(OutputChunk chunk) {
    StandardStream stream = chunk.stream();
    edge.take(StreamBytes.NONE.with(stream, chunk.end()));
    if (end != null || !request.streams().contains(stream)) {
      return;
    }
    long place = next.of(stream);
    boolean fits = chunk.offset() <= place && place < chunk.end();
    if (fits && distance() == 0 && !files.isBusy() && outlet.takesMore()) {
      next = next.with(stream, chunk.end());
      outlet.add(new Passage.Bytes(chunk.from(place)));
    }
    known = known.max(StreamBytes.NONE.with(stream, chunk.end()));
  }

  private void told(Seat.Edge place) {
    if (place.totals() != null) {
      ended(place.totals());
    } else if (end == null) {
      known = known.max(place.published());
    }
    pump();
  }

  /** How many bytes are known of that have not been read. */
  private long distance() {
    long distance = 0;
    for (StandardStream stream : request.streams()) {
      distance += Math.max(0, known.of(stream) - next.of(stream));
    }
    return distance;
  }

  private void heartbeat() {
    if (outlet.fullNanos() > tails.patience().stall().toNanos()) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(outlet.fullNanos());
      fail(OutputErrors.slowReader(seconds, outlet.delivered()));
    } else if (outlet.wasQuiet() && !outlet.isFull() && !closed.get()) {
      guarded(sink::heartbeat);
      edge.ask();
    }
  }

  private void finish(StreamBytes totals) {
    if (tails.totals(output.job()).isPresent()) {
      for (StandardStream stream : request.streams()) {
        if (start.of(stream) > totals.of(stream)) {
          fail(OutputErrors.pastEnd(stream, start.of(stream), totals.of(stream)));
          return;
        }
      }
    }
    if (closed.compareAndSet(false, true)) {
      release();
      guarded(() -> sink.end(totals));
    }
  }

  private void broken(Throwable cause) {
    LOG.warn("job {}: its output cannot be read", output.job(), cause);
    fail(OutputErrors.unreadable(output.job()));
  }

  private void fail(ApiException cause) {
    if (closed.compareAndSet(false, true)) {
      release();
      guarded(() -> sink.fail(cause));
    }
  }

  private void release() {
    edge.leave();
    outlet.clear();
    tails.vertx().cancelTimer(heartbeatTimer);
    tails.vertx().cancelTimer(holdTimer);
    tails.left(this, output.job());
    files.close();
  }
}
