package io.orrery.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything is started in the C locale, and the test itself may be: it names nothing but ASCII.
 */
final class LocaleIT {
  private static final Map<String, String> C = Map.of("LC_ALL", "C");
  private static final String UMLAUT = "name=$(printf 'gr\\303\\274n-\\344\\270\\255'); ";

  @TempDir private Path directory;
  private Home home;
  private int schedulerPort;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    Launched scheduler = home.run(C, "SchedulerVerticle", "-conf", home.schedulerConf(0));
    schedulerPort = scheduler.port();
    Launched worker = home.run(C, "WorkerVerticle", "-conf", home.workerConf(0, schedulerPort));
    try (Caller admin = new Caller(home.tls("admin"), schedulerPort)) {
      admin.awaitOnline(worker.port());
    }
  }

  @AfterEach
  void stop() {
    home.close();
  }

  private byte[] sh(String script) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder("sh", "-c", UMLAUT + script)
            .directory(directory.toFile())
            .redirectErrorStream(true);
    command.environment().keySet().removeIf(name -> name.startsWith("ORRERY_"));
    command
        .environment()
        .putAll(
            Map.of(
                "LC_ALL", "C",
                "ORRERY", Installation.root().resolve("bin/orrery").toString(),
                "ORRERY_HOME", directory.toString(),
                "ORRERY_SERVER", "127.0.0.1:" + schedulerPort,
                "JAVA_HOME", System.getProperty("java.home")));
    Process process = command.start();
    process.getOutputStream().close();
    byte[] printed = process.getInputStream().readAllBytes();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return printed;
  }

  @Test
  void namesAndArgumentsArriveByteForByteAndTheJobKeepsTheLocaleOfTheWorkersCaller()
      throws Exception {
    sh(
        "mkdir \"$name\"; echo 'basename \"$PWD\"; echo \"$1\"; echo $LC_ALL"
            + " ${ORRERY_LC_ALL-unset}' >\"scripts/$name.sh\"");

    byte[] printed = sh("exec $ORRERY run -C \"$PWD/$name\" --path \"$name.sh\" -- bash \"$name\"");

    String name = "gr\u00fcn-\u4e2d";
    assertThat(new String(printed, UTF_8).lines().toList())
        .isEqualTo(List.of(name, name, "C unset"));
  }
}
