package io.orrery.worker;

import io.orrery.job.FaultPoint;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.process.Exit;
import io.orrery.process.Launch;
import io.orrery.process.Runner;
import io.orrery.process.StartFailure;
import io.orrery.process.StartUnknownException;
import io.orrery.process.Started;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts jobs: the records, then the process. What blocks runs on the worker's pool. */
final class JobStarter {
  private static final Logger LOG = LoggerFactory.getLogger(JobStarter.class);

  private final Launches launches;
  private final JobDirectories directories;
  private final JobOutputs outputs;
  private final Retention retention;
  private final Runner runner;
  private final Jobs.Tools tools;

  /** Where the files of jobs are made and followed, and what removes them. */
  record Disk(JobDirectories directories, JobOutputs outputs, Retention retention) {}

  JobStarter(Launches launches, Disk disk, Runner runner, Jobs.Tools tools) {
    this.launches = launches;
    this.directories = disk.directories();
    this.outputs = disk.outputs();
    this.retention = disk.retention();
    this.runner = runner;
    this.tools = tools;
  }

  /**
   * Starts the job and answers with it as RUNNING, or as FAILED or LOST when it has no process. The
   * end of its process is told once, on a thread of the runner, maybe before the answer.
   *
   * @return fails with an {@link io.orrery.job.ApiException} when the job is not accepted; then
   *     nothing is left behind
   */
  Future<Job> start(Job job, Consumer<Exit> onExit) {
    return blocking(() -> order(job, onExit)).compose(ordered -> process(job, ordered));
  }

  private Future<Job> process(Job job, CompletableFuture<Started> ordered) {
    return Future.fromCompletionStage(ordered, tools.context())
        .map(
            process -> {
              FaultPoint.BEFORE_REPLY.pass();
              return job.in(new JobState.Starting().started(process.pid(), process.startTime()));
            })
        .recover(failure -> blocking(() -> withoutProcess(job, cause(failure))));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Work that never returns null. */
  @SuppressWarnings("NullAway")
  private <T> Future<T> blocking(Callable<T> work) {
    return tools.pool().executeBlocking(work, false);
  }

  /** Writes what was asked and orders the process. */
  private CompletableFuture<Started> order(Job job, Consumer<Exit> onExit) {
    Launch launch = launches.of(job);
    outputs.check(job);
    FaultPoint.BEFORE_RECORD.pass();
    directories.create(job);
    FaultPoint.AFTER_RECORD.pass();
    try {
      outputs.watch(job);
      return runner.start(launch, onExit);
    } catch (RuntimeException | Error broken) {
      undo(job.id());
      throw broken;
    }
  }

  /** Nothing is left behind where nobody expected the failure. */
  private Job withoutProcess(Job job, Throwable failure) {
    Instant now = tools.clock().instant();
    String message = String.valueOf(failure.getMessage());
    Job ended =
        switch (failure) {
          case StartFailure known -> job.in(JobEnds.startFailed(known.errnoName(), message, now));
          case StartUnknownException _ -> job.in(JobEnds.lost(null, message, now));
          default -> {
            undo(job.id());
            throw failure instanceof RuntimeException broken
                ? broken
                : new CompletionException(failure);
          }
        };
    directories.recordEnd(ended);
    return ended;
  }

  /** In this order, since the tail makes files. */
  private void undo(JobId id) {
    try {
      outputs.unwatch(id).toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.error("job {} was not started, but its output is watched on: {}", id, e.toString());
    }
    directories.discard(id);
  }

  /**
   * Removes all of the run before this one, which has ended. Blocks.
   *
   * @throws io.orrery.job.ApiException when this one would not be accepted, or the disk does not
   *     take it; then the run before it is there as it was
   */
  Job clear(Job next) {
    var unused = launches.of(next);
    outputs.check(next);
    try {
      retention.clear(next.id());
    } catch (IOException failure) {
      LOG.error("what is left of an earlier attempt of job {} is in the way", next.id(), failure);
      throw StartRefusals.inTheWay(next, failure);
    }
    outputs.forget(next.id());
    return next;
  }

  /** The job was found running: its output is seen from now on. */
  void adopt(Job job) {
    outputs.watch(job);
  }

  /** Nothing writes the job's output any more: its totals, after the readers were told. */
  Future<Job.StreamBytes> finish(Job job) {
    return outputs.finish(job);
  }
}
