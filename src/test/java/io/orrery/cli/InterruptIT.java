package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.EndCause;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.grpc.server.GrpcServerResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and Ctrl-Z while a job is followed. */
final class InterruptIT {
  @TempDir Path directory;
  private FakeServer server;
  private Invocation run;
  private CompletableFuture<Integer> code;

  /** Four bytes: the last is written when the three before have been accounted for. */
  private final CountDownLatch following = new CountDownLatch(4);

  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile GrpcServerResponse<StreamJobRequest, StreamJobResponse> stream;

  @BeforeEach
  void followsAJob() throws IOException, InterruptedException {
    server = new FakeServer(directory);
    server.answer(WorkerGrpcService.StartJob, FakeJobs::started);
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> {
          response.write(FakeJobs.now(FakeJobs.running()));
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "abc"));
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 3, "d"));
          stream = response;
        });
    server.answer(
        WorkerGrpcService.StopJob,
        _ -> {
          stopped.countDown();
          stream.end(
              FakeJobs.last(
                  FakeJobs.running().toBuilder()
                      .setState(JobState.JOB_STATE_STOPPED)
                      .setEnd(
                          JobEnd.newBuilder().setCause(EndCause.END_CAUSE_SIGNALLED).setSignal(15))
                      .build()));
          return StopJobResponse.newBuilder().setJob(FakeJobs.running()).build();
        });
    run =
        new Invocation(server.environment())
            .stdout(
                new java.io.OutputStream() {
                  @Override
                  public void write(int value) {
                    following.countDown();
                  }
                });
    code =
        CompletableFuture.supplyAsync(
            () -> run.run("run", "true").code(), Thread::startVirtualThread);
    assertThat(following.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  @Test
  void onceTellsAndTheJobGoesOn() throws Exception {
    run.interrupts.getFirst().run();

    assertThat(run.err())
        .contains("RUNNING on worker")
        .contains("Ctrl-C again within 2s stops, Ctrl-Z within 2s leaves without stopping");
    assertThat(stopped.getCount()).isEqualTo(1);
    stream.end(FakeJobs.last(FakeJobs.exited(4)));
    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void twiceStopsAndEndsAsTheJobDid() throws Exception {
    run.interrupts.getFirst().run();
    run.interrupts.getFirst().run();

    assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    assertThat(stopped.getCount()).isZero();
    assertThat(run.err()).contains("stopping the job").contains("was stopped: SIGTERM");
    assertThat(run.exits).isEmpty();
  }

  @Test
  void onceMoreLeaves() {
    run.interrupts.getFirst().run();
    run.interrupts.getFirst().run();
    run.interrupts.getFirst().run();

    assertThat(run.exits).containsExactly(130);
  }

  @Test
  void suspendingAfterAnInterruptDetaches() {
    run.interrupts.getFirst().run();
    run.suspends.getFirst().run();

    assertThat(run.exits).containsExactly(125);
    assertThat(run.err())
        .containsPattern(
            "left; the job goes on, to read on: orrery logs -f --offset [34],0 " + FakeJobs.ID);
    assertThat(stopped.getCount()).isEqualTo(1);
  }
}
