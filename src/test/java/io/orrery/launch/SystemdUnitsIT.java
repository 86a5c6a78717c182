package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units of packaging/systemd. */
final class SystemdUnitsIT {
  private static final String UNIT_HOME = "/opt/orrery";

  /** What older ones warn of, and then do without. */
  private static final String UNKNOWN_BEFORE_254 = "Unknown key 'DelegateSubgroup'";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"orrery-scheduler.service", "orrery-worker.service"})
  void systemdFindsNothingWrong(String name) throws Exception {
    Path installation = Installation.root();
    String unit = Files.readString(installation.resolve("packaging/systemd").resolve(name));
    // What it starts must be there to be found in order.
    String here = unit.replace(UNIT_HOME, installation.toString());
    Path copy = Files.writeString(directory.resolve(name), here);
    try (Launched analyze = verify(copy)) {
      analyze.exitCode();
      if (analyze.text().contains(UNKNOWN_BEFORE_254)) {
        Files.writeString(copy, here.replaceFirst("(?m)^DelegateSubgroup=.*\n", ""));
      }
    }

    try (Launched analyze = verify(copy)) {
      assertThat(analyze.exitCode()).as(analyze.text()).isZero();
      assertThat(analyze.text()).doesNotContain(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KillMode=proces", "Delegat=yes", "TimeoutStopSec=2minn"})
  void aMistakeWouldBeFound(String line) throws Exception {
    Path unit =
        Files.writeString(
            directory.resolve("wrong.service"), "[Service]\nExecStart=/bin/true\n" + line + "\n");

    try (Launched analyze = verify(unit)) {
      analyze.exitCode();
      assertThat(analyze.text()).contains("wrong.service:3");
    }
  }

  private Launched verify(Path unit) throws Exception {
    List<String> command =
        List.of("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit.toString());
    try {
      return Launched.start(directory, Map.of(), command);
    } catch (IOException missing) {
      throw new AssertionError(
          "systemd-analyze is missing; install it with: apt-get install systemd", missing);
    }
  }
}
