package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C in {@code bin/orrery demo}. */
final class DemoInterruptIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"demo, ^3$", "demo --keep, ^export ORRERY_CERT="})
  void leavesNothingBehindAndNoStackTrace(String command, String line) throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    // Who runs the tests in the background has them ignore SIGINT, and a JVM keeps it so (env(1)).
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT"));
    words.add(Installation.root().resolve("bin/orrery").toString());
    words.addAll(List.of(command.split(" ")));
    Map<String, String> environment =
        Map.of(
            "ORRERY_JAVA_OPTS",
            "-Djava.io.tmpdir=" + temporary,
            "JAVA_HOME",
            System.getProperty("java.home"));
    try (Launched demo = Launched.start(directory, environment, words)) {
      demo.await(Pattern.compile(line));
      demo.signal(Signal.INT);

      assertThat(demo.exitCode()).isEqualTo(130);
      assertThat(demo.text()).doesNotContain("Exception", "WARN", "to go on");
    }
    try (var left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }
}
