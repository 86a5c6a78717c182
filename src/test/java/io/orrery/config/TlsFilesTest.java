package io.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsFilesTest {
  @TempDir Path home;

  @Test
  void aMissingFileIsAProblemThatNamesTheCommandThatMakesIt() throws IOException {
    Files.createDirectories(home.resolve("certs/ca.crt"));
    Files.writeString(home.resolve("certs/scheduler.crt"), "");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> SchedulerOptions.parse(new JsonObject().put("port", -1), home, TlsFiles::check))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "port: must be a whole number from 0 to 65535, not -1",
                        "tls.ca: " + home + "/certs/ca.crt is not a file",
                        "tls.key: there is no file "
                            + home
                            + "/certs/scheduler.key; make it with: bin/orrery certs init"));
  }

  @Test
  void theOptionsPrintPathsAndNoContent() throws IOException {
    Files.createDirectories(home.resolve("certs"));
    for (String file : new String[] {"ca.crt", "scheduler.crt", "scheduler.key"}) {
      Files.writeString(home.resolve("certs").resolve(file), "secret");
    }
    SchedulerOptions options = SchedulerOptions.parse(new JsonObject(), home, TlsFiles::check);
    assertThat(options.toString()).contains("scheduler.key").doesNotContain("secret");
  }
}
