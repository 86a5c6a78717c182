package io.orrery.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker or its runner that dies at each step of a job's life, under a client that asks again
 * with the same job id.
 */
final class FaultPointIT {
  private static final int EXIT_CODE = 7;

  @TempDir private Path directory;

  private static Job startAgainAndAgain(CrashSite site, StartJobRequest request) throws Exception {
    while (true) {
      try {
        return site.start(request);
      } catch (Exception failure) {
        assertThat(CrashSite.isOutage(failure)).as(failure.toString()).isTrue();
        site.restart();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "before-record,      1, true",
    "after-record,       0, false",
    "before-reply,       1, true",
    "before-spawn,       0, false",
    "after-spawn,        1, false",
    "after-attempt,      1, false",
    "before-exit-record, 1, false",
    "after-exit-record,  1, true",
  })
  void thereIsOneJobWithOneEndAndNeverTwoProcesses(String point, int processes, boolean known)
      throws Exception {
    Path mark = directory.resolve("mark");
    String options = "-Dorrery.fault=" + point + ":" + mark;
    try (CrashSite site =
        CrashSite.open(Files.createDirectory(directory.resolve("home")), options)) {
      StartJobRequest request = site.request("1", EXIT_CODE);

      Job over = site.awaitEnd(startAgainAndAgain(site, request));

      assertThat(mark).as("the fault").exists();
      assertThat(site.processes(request.getJobId())).isEqualTo(processes);
      if (known) {
        assertThat(over.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
        assertThat(over.getEnd().getExitCode()).isEqualTo(EXIT_CODE);
      } else {
        assertThat(over.getState()).isEqualTo(JobState.JOB_STATE_LOST);
        assertThat(over.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_UNOBSERVED);
      }
      assertThat(new String(site.admin().read(over).stdout(), UTF_8))
          .isEqualTo(processes == 0 ? "" : "one\ntwo\n");
      assertThat(site.start(request)).isEqualTo(over);
    }
  }
}
