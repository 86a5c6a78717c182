package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner that has died, and that cannot be started again: its JDK is gone, or what it needs. */
final class MissingRunnerIT {
  @TempDir private Path directory;

  /** Why the worker takes no job; "" when it does. */
  private static String refusal(CrashSite site) throws Exception {
    try {
      site.start(site.request("0.01", 0));
      return "";
    } catch (ApiException refused) {
      assertThat(refused.reason()).isEqualTo(Reason.DRAINING);
      return String.valueOf(refused.getMessage());
    }
  }

  @Test
  void theWorkerTakesNoJobsAndSaysWhyUntilThereIsOneAgain() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    try (CrashSite site = CrashSite.open(home, "")) {
      Job running = site.start(site.request("300", 0));
      // No runner can have this name for its socket.
      Path socket = home.resolve("data/worker/runner.sock");
      Files.delete(socket);
      Path inTheWay = Files.createDirectories(socket.resolve("in-the-way"));

      site.killRunners();

      site.worker().await(Pattern.compile("no runner: the runner did not start"));
      Caller.eventually(() -> refusal(site).contains("no runner: the runner did not start: see"));
      assertThat(refusal(site)).contains(home.resolve("data/worker/runner.log").toString());

      Files.delete(inTheWay);
      Files.delete(socket);
      Caller.eventually(() -> refusal(site).isEmpty());
      assertThat(site.admin().query(running).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      StopJobRequest stop = StopJobRequest.newBuilder().setJobId(running.getJobId()).build();
      assertThat(site.admin().call(WorkerGrpcClient.StopJob, stop).getSurvivingPidsList())
          .isEmpty();
    }
  }
}
