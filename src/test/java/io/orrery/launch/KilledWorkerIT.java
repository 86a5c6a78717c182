package io.orrery.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Signal;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.StartJobRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for a worker with a hundred jobs, again and again, as Nomad tests it. {@code
 * -Dorrery.restarts=10} for a long one.
 */
final class KilledWorkerIT {
  private static final int RESTARTS = Integer.getInteger("orrery.restarts", 2);
  private static final int JOBS = 99;
  private static final int MEBIBYTE = 1 << 20;

  @TempDir private Path directory;

  private Path gate(String name) {
    return directory.resolve(name);
  }

  /** Prints a line for each gate that opens, and ends with a code of its own. */
  private StartJobRequest waiting(int code) {
    StringBuilder script = new StringBuilder("echo start; ");
    for (int i = 0; i < RESTARTS; i++) {
      script.append(await(gate("restart-" + i))).append("echo ").append(i).append("; ");
    }
    return bash(script + await(gate("end")) + "exit " + code);
  }

  private static String await(Path gate) {
    return "until [ -e " + gate + " ]; do sleep 0.2; done; ";
  }

  private static StartJobRequest bash(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script).build();
  }

  private String output() {
    StringBuilder lines = new StringBuilder("start\n");
    for (int i = 0; i < RESTARTS; i++) {
      lines.append(i).append('\n');
    }
    return lines.toString();
  }

  /** One that prints 256 MiB while there is no worker, and stays. */
  private StartJobRequest printing() {
    return bash(await(gate("restart-0")) + "yes | head -c 268435456; exec sleep 300").toBuilder()
        .setOutput(OutputPolicy.newBuilder().setMaxStreamBytes(MEBIBYTE))
        .build();
  }

  @Test
  void itsJobsAreTakenUpAsTheyAreAndEndAsTheyEnd() throws Exception {
    try (CrashSite site = CrashSite.open(Files.createDirectory(directory.resolve("home")), "")) {
      site.restartOrderly();
      List<Job> jobs = new ArrayList<>();
      for (int code = 0; code < JOBS; code++) {
        jobs.add(site.start(waiting(code)));
      }
      Job printing = site.start(printing());
      for (int i = 0; i < RESTARTS; i++) {
        site.worker().signal(Signal.KILL);
        site.worker().exitCode();
        Files.createFile(gate("restart-" + i)); // nobody watches what they print now
        awaitStop(site, printing);
        site.restart();
        assertTakenUp(site, jobs);
      }
      Files.createFile(gate("end"));

      assertEnds(site, jobs);
      assertStoppedAtItsLimit(site.awaitEnd(printing));
    }
  }

  @Test
  void itLeavesNothingInTheDirectoryForTemporaryFiles() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path home = Files.createDirectory(directory.resolve("home"));
    try (CrashSite site = CrashSite.open(home, "-Djava.io.tmpdir=" + temporary)) {
      site.worker().signal(Signal.KILL);
      site.worker().exitCode();

      assertThat(temporary).isEmptyDirectory();
    }
  }

  /** By the runner, as there is no worker. */
  private static void awaitStop(CrashSite site, Job printing) throws Exception {
    Path exit = site.jobDirectory(printing).resolve("exit.json");
    Caller.eventually(() -> Files.exists(exit));
  }

  private static void assertTakenUp(CrashSite site, List<Job> jobs) throws Exception {
    for (Job job : jobs) {
      Job now = site.admin().query(job);
      assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      assertThat(now.getPid()).isEqualTo(job.getPid());
      assertThat(now.getStartTime()).isEqualTo(job.getStartTime());
    }
  }

  private void assertEnds(CrashSite site, List<Job> jobs) throws Exception {
    for (int code = 0; code < JOBS; code++) {
      Job over = site.awaitEnd(jobs.get(code));
      assertThat(over.getEnd().getExitCode()).isEqualTo(code);
      assertThat(over.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_EXITED);
      assertThat(new String(site.admin().read(over).stdout(), UTF_8)).isEqualTo(output());
    }
  }

  private static void assertStoppedAtItsLimit(Job job) throws IOException {
    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(job.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_OUTPUT_LIMIT);
    assertThat(job.getStdoutBytes()).isBetween((long) MEBIBYTE, 256L * MEBIBYTE);
  }
}
