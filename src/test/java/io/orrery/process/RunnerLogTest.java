package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class RunnerLogTest {
  private static String line(Level level, String message, Object... values) {
    return new RunnerLog().format(event(level, message, values));
  }

  private static LogRecord event(Level level, String message, Object... values) {
    LogRecord event = new LogRecord(level, message);
    event.setInstant(Instant.parse("2026-11-30T17:02:03.004Z"));
    event.setLoggerName("io.orrery.process.Cgroups");
    event.setParameters(values);
    return event;
  }

  @Test
  void aLineLooksLikeThoseOfTheServers() {
    assertThat(line(Level.WARNING, "job {0} has no cgroup: {1}", "a1", "EROFS"))
        .isEqualTo("2026-11-30T17:02:03.004Z WARN  Cgroups job a1 has no cgroup: EROFS\n");
    assertThat(line(Level.SEVERE, "x")).contains(" ERROR Cgroups x");
    assertThat(line(Level.INFO, "x")).contains(" INFO  Cgroups x");
  }

  @Test
  void whatAJobIsCalledCannotForgeALine() {
    String line = line(Level.WARNING, "no command {0}", "a\r\n2026 ERROR x\u001b[2J\u2028\u0085b");

    assertThat(line).endsWith("no command a\\n2026 ERROR x?[2J\\nb\n").containsOnlyOnce("\n");
  }

  @Test
  void aFailureIsOnTheSameLineWithWhereItCameFrom() {
    LogRecord event = event(Level.SEVERE, "following a job");
    event.setThrown(new IOException("gone"));

    assertThat(new RunnerLog().format(event))
        .contains(
            "following a job\\njava.io.IOException: gone\\nat " + RunnerLogTest.class.getName())
        .containsOnlyOnce("\n");
  }
}
