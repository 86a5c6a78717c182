package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcIT {
  private static final int LOOKS = 5_000;

  @TempDir Path folder;

  @Test
  void aProcessInTheMiddleOfAnExecStillHasItsJob() throws Exception {
    Path script = Files.writeString(folder.resolve("again.sh"), "exec sh \"$0\"\n");
    ProcessBuilder builder = new ProcessBuilder("sh", script.toString());
    builder.environment().put(Spawner.JOB, "the-job");
    Process process = builder.start();
    try {
      int pid = (int) process.pid();
      RunnerFixture.await(() -> Proc.cookieOf(pid).equals("the-job"));
      for (int look = 0; look < LOOKS; look++) {
        assertThat(Proc.cookieOf(pid)).as("look %d", look).isEqualTo("the-job");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aProcessWithoutAnEnvironmentHasNone() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sleep", "300");
    builder.environment().clear();
    Process process = builder.start();
    try {
      assertThat(Proc.cookieOf((int) process.pid())).isEmpty();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
