package io.orrery.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A program of its own, as a JVM's locale is settled when it starts. */
final class ByteExactProbe {
  static final String TEXT = "Grüße, 世界 \uD83E\uDE90 'quoted' \"twice\" $HOME\\n\t*";

  private ByteExactProbe() {}

  public static void main(String[] args) throws Exception {
    if (!System.getProperty("sun.jnu.encoding").startsWith("ANSI")) {
      throw new AssertionError("not the C locale: " + System.getProperty("sun.jnu.encoding"));
    }
    Path directory = Files.createDirectory(Path.of(args[0], "probe"));
    Launch launch =
        new Launch(
            "probe",
            1,
            directory,
            List.of("/bin/sh", "-c", "printf '%s\\n' \"$1\" \"$TEXT\"", "sh", TEXT),
            Map.of("TEXT", TEXT),
            directory,
            false,
            null,
            Duration.ofSeconds(1));
    CountDownLatch ended = new CountDownLatch(1);
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      runner.start(launch, exit -> ended.countDown());
      ended.await();
    }
  }
}
