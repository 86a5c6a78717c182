package io.orrery.output;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of a job for one follower, one batch at a time, off the follower's context, and
 * has them open no longer than needed. For that context.
 */
final class BatchReader {
  private static final Logger LOG = LoggerFactory.getLogger(BatchReader.class);

  private final OutputTails tails;
  private final JobOutput output;
  private final OutputHistory history;
  private final Consumer<Throwable> failed;
  private boolean busy;
  private boolean closed;
  private int recalls;

  BatchReader(
      OutputTails tails, JobOutput output, FollowRequest request, Consumer<Throwable> failed) {
    this.tails = tails;
    this.output = output;
    this.history = new OutputHistory(output, request.streams(), tails.cache());
    this.failed = failed;
  }

  /** Whether something is being read. */
  boolean isBusy() {
    return busy;
  }

  /** Finds where to begin. */
  void begin(FollowRequest.Start start, Consumer<OutputHistory.Beginning> found) {
    busy = true;
    tails
        .read(() -> history.begin(start))
        .onComplete(
            result ->
                done(result.succeeded(), result.cause(), () -> found.accept(result.result())));
  }

  /** Reads a batch; {@code idle} is run after it has come, and if it was recalled. */
  void next(OutputHistory.Wish wish, Consumer<OutputHistory.Batch> came, Runnable idle) {
    busy = true;
    int recall = recalls;
    Future<OutputHistory.Batch> batch = tails.read(() -> history.next(wish));
    batch.onComplete(
        result ->
            done(
                result.succeeded(),
                result.cause(),
                () -> {
                  if (recall == recalls) {
                    came.accept(result.result());
                  } else {
                    rest();
                  }
                  idle.run();
                }));
  }

  /** What is being read is not wanted any more. */
  void recall() {
    recalls++;
    rest();
  }

  /** Nothing will be read for a while. */
  void rest() {
    if (!busy) {
      try {
        history.close();
      } catch (IOException e) {
        LOG.warn("job {}: closing its output", output.job(), e);
      }
    }
  }

  /** Nothing will be read any more, and what is being read comes to nobody. */
  void close() {
    closed = true;
    rest();
  }

  private void done(boolean succeeded, Throwable cause, Runnable then) {
    busy = false;
    if (closed) {
      rest();
    } else if (succeeded) {
      then.run();
    } else {
      failed.accept(cause);
    }
  }
}
