package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ResourceUse;
import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitRecordTest {
  @TempDir Path directory;

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    for (Cause cause :
        List.of(
            new Cause.Exited(255),
            new Cause.Signalled(11, true),
            new Cause.OutOfMemory(new Cause.Exited(3)),
            new Cause.OutOfMemory(new Cause.Signalled(9, false)),
            new Cause.OutOfMemory(null))) {
      ExitRecord exitRecord = exitRecord("a \"quoted\" \\ id\n\u0001", cause);
      exitRecord.write(directory);
      ExitRecord.sync(directory);

      assertThat(ExitRecord.read(directory)).contains(exitRecord);
      assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }
  }

  @Test
  void theFieldsAreThoseOfTheDocumentation() {
    assertThat(exitRecord("id", new Cause.Signalled(9, false)).json())
        .isEqualTo(
            """
            {
              "job_id": "id",
              "attempt": 2,
              "pid": 4711,
              "signal": 9,
              "core_dumped": false,
              "start_time": "2026-11-24T01:02:03.000000004Z",
              "end_time": "2026-11-24T01:02:04Z",
              "user_micros": 1500000,
              "system_micros": 7,
              "peak_memory_bytes": 1048576,
              "cpu_pressure_micros": 1000,
              "memory_pressure_micros": 2000,
              "io_pressure_micros": 3000,
              "ending": "TIMED_OUT",
              "survivors": [12, 13]
            }
            """);
  }

  @Test
  void aLossIsKept() throws Exception {
    ExitRecord whole = exitRecord("id", new Cause.Exited(0));
    ExitRecord lost = new ExitRecord("id", 2, whole.started(), whole.exit().withLoss("ENOSPC"));

    assertThat(ExitRecord.parse(lost.json())).isEqualTo(lost).isNotEqualTo(whole);
  }

  @Test
  void aMissingRecordIsEmpty() throws Exception {
    assertThat(ExitRecord.read(directory)).isEmpty();
  }

  @Test
  void aFieldOfALaterVersionIsSkipped() throws Exception {
    ExitRecord exitRecord = exitRecord("id", new Cause.Exited(0));
    String json = exitRecord.json().replace("{", "{ \"later\": [ 1 ,2 ], \"also\":\"\\u00e9\",");

    assertThat(ExitRecord.parse(json)).isEqualTo(exitRecord);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{} {}",
        "{\"job_id\": \"x\"",
        "{\"job_id\": \"x}",
        "{\"job_id\": nil}",
        "{\"job_id\": \"\\u12\"}",
        "{\"a\": 1, \"a\": 2}",
        "{\"exit_code\": \"0\"}",
        "{\"exit_code\": 99999999999}"
      })
  void anythingElseIsRefusedByNameOfTheFile(String text) throws IOException {
    Files.writeString(directory.resolve("exit.json"), text);

    assertThatThrownBy(() -> ExitRecord.read(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.resolve("exit.json").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"TIMED_OUT\"", "\"2026-11-24T01:02:04Z\"", "1500000", "[12, 13]", "4711", "2,"})
  void aWrongValueIsRefused(String value) throws IOException {
    String json = exitRecord("id", new Cause.Exited(0)).json();
    Files.writeString(directory.resolve("exit.json"), json.replace(value, "\"wrong\""));

    assertThatThrownBy(() -> ExitRecord.read(directory)).isInstanceOf(IOException.class);
  }

  private static ExitRecord exitRecord(String jobId, Cause cause) {
    Instant start = Instant.parse("2026-11-24T01:02:03.000000004Z");
    return new ExitRecord(
        jobId,
        2,
        new Started(4711, start),
        new Exit(
            cause,
            Instant.parse("2026-11-24T01:02:04Z"),
            new ResourceUse(
                Duration.ofMillis(1500),
                Duration.ofNanos(7000),
                1 << 20,
                new ResourceUse.Pressure(
                    Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3))),
            Ending.TIMED_OUT,
            List.of(12, 13)));
  }
}
