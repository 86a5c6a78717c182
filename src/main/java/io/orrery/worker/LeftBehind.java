package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobState;
import io.orrery.process.JobTerms;
import io.orrery.process.Leftovers;
import io.vertx.core.Context;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs whose ends nobody saw, and of which SIGKILL has not ended all. They are over, but keep
 * the worker from taking new jobs until their processes are gone: what those hold is held.
 */
final class LeftBehind {
  private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);
  private static final long LOOK_MILLIS = 1000;

  private final Context context;
  private final WorkerExecutor pool;
  private final JobDirectories directories;
  private final Fitness fitness;
  private final Map<String, Job> left = new TreeMap<>();
  private boolean looking;

  /** {@code context} is the worker's one. */
  LeftBehind(Context context, WorkerExecutor pool, JobDirectories directories, Fitness fitness) {
    this.context = context;
    this.pool = pool;
    this.directories = directories;
    this.fitness = fitness;
  }

  /** Called on any thread with every job that changes, and those that were over before. */
  void changed(Job job) {
    if (job.state() instanceof JobState.Ended ended && !ended.end().survivors().isEmpty()) {
      context.runOnContext(_ -> watch(job));
    }
  }

  private void watch(Job job) {
    left.put(JobTerms.cookie(job.id().value(), job.site().attempt()), job);
    judge();
    if (!looking) {
      lookLater();
    }
  }

  private void lookLater() {
    looking = true;
    context.owner().setTimer(LOOK_MILLIS, _ -> look());
  }

  private void look() {
    Map<String, Path> asked =
        left.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, job -> directories.directory(job.getValue().id())));
    pool.executeBlocking(() -> Leftovers.alive(asked), false)
        .onSuccess(alive -> found(asked.keySet(), alive))
        .onFailure(
            failure -> {
              LOG.error("processes that are left cannot be looked for", failure);
              lookLater();
            });
  }

  private void found(Set<String> asked, Set<String> alive) {
    left.keySet().removeIf(job -> asked.contains(job) && !alive.contains(job));
    judge();
    looking = false;
    if (!left.isEmpty()) {
      lookLater();
    }
  }

  private void judge() {
    if (left.isEmpty()) {
      fitness.over(Fitness.Trouble.LEFT_BEHIND);
    } else {
      fitness.suffer(
          Fitness.Trouble.LEFT_BEHIND,
          "SIGKILL does not end what is left of job "
              + left.values().stream()
                  .map(job -> job.id().value())
                  .collect(Collectors.joining(", ")));
    }
  }
}
