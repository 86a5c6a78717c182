package io.orrery.worker;

import io.orrery.bus.JobBus;
import io.orrery.job.Job;
import io.orrery.output.OutputTails;
import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the worker shows of jobs that have ended, for the thread that removes them: each call waits
 * for the worker's context.
 */
final class EndedJobs {
  private static final long PATIENCE_SECONDS = 30;

  private final Context context;
  private final JobTable table;
  private final OutputTails tails;
  private final JobBus bus;

  EndedJobs(Context context, JobTable table, OutputTails tails, JobBus bus) {
    this.context = context;
    this.table = table;
    this.tails = tails;
    this.bus = bus;
  }

  /**
   * From now on the job is shown so; false, and nothing is done, when it is not this run of it that
   * is known.
   */
  boolean show(Job job) {
    return onContext(
        () -> {
          Job now = table.get(job.id());
          if (now == null || isOther(now, job)) {
            return false;
          }
          table.put(job);
          return true;
        });
  }

  private static boolean isOther(Job now, Job job) {
    return now.site().attempt() != job.site().attempt();
  }

  /**
   * From now on the job is not known; false, and nothing is done, while somebody reads it, and when
   * it is another run of it that is known.
   */
  boolean forget(Job job) {
    return onContext(
        () -> {
          Job now = table.get(job.id());
          if ((now != null && isOther(now, job)) || tails.isRead(job.id())) {
            return false;
          }
          table.remove(job);
          tails.forget(job.id());
          bus.publishForgotten(job.id());
          return true;
        });
  }

  private boolean onContext(Supplier<Boolean> task) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    context.runOnContext(
        _ -> {
          try {
            done.complete(task.get());
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          e.getCause() instanceof TimeoutException ? "the worker is stopping or busy" : "a bug", e);
    }
  }
}
