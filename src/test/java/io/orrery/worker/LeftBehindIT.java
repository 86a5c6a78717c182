package io.orrery.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job;
import io.orrery.job.JobState;
import io.orrery.output.StreamLimit;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftBehindIT {
  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Fitness fitness = new Fitness();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, SECONDS);
  }

  private void awaitReason(boolean some) throws Exception {
    long end = System.nanoTime() + SECONDS.toNanos(20);
    while (reason().isEmpty() == some) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private String reason() throws Exception {
    Promise<String> reason = Promise.promise();
    context.runOnContext(_ -> reason.complete(fitness.reason()));
    return reason.future().await(10, SECONDS);
  }

  @Test
  void theWorkerTakesNoJobsWhileProcessesOfALostOneAreThere() throws Exception {
    JobDirectories directories = JobDirectories.open(data, StreamLimit.NONE);
    Job job = Asked.job("sleep");
    ProcessBuilder command = new ProcessBuilder("sleep", "300");
    command.environment().put("ORRERY_JOB_ID", job.id().value());
    Process process = command.start();
    JobState.Ended ended =
        JobEnds.lost(null, "nobody knows", job.createTime(), List.of((int) process.pid()));
    LeftBehind left =
        new LeftBehind(
            context, vertx.createSharedWorkerExecutor("orrery-jobs", 1), directories, fitness);

    left.changed(job.in(ended));

    awaitReason(true);
    assertThat(reason()).contains(job.id().value());
    process.destroyForcibly();
    awaitReason(false);
    directories.close();
  }

  @Test
  void whoIsLeftOfALostJobIsKnownAfterARestartToo() throws Exception {
    JobDirectories directories = JobDirectories.open(data, StreamLimit.NONE);
    Job job = Asked.job("sleep");
    directories.create(job);
    JobState.Ended ended = JobEnds.lost(null, "nobody knows", job.createTime(), List.of(7, 8));
    directories.recordEnd(job.in(ended));

    Path end = directories.directory(job.id()).resolve(JobRecords.END);
    assertThat(JobRecords.readEnd(Files.readString(end), null)).isEqualTo(ended);
    directories.close();
  }
}
