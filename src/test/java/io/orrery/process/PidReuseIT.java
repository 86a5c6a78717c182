package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To be run as root: it makes a pid namespace. */
class PidReuseIT {
  @Test
  void aStrangerWithTheNumberOfAProcessOfAJobIsNotSignalled(@TempDir Path directory)
      throws Exception {
    Process probe =
        new ProcessBuilder(
                "unshare",
                "--pid",
                "--fork",
                "--mount-proc",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PidReuseProbe.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(probe.waitFor()).as(said).isZero();
    assertThat(said.lines().reduce((_, last) -> last)).contains("spared");
  }
}
