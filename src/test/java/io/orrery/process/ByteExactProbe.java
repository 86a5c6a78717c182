package io.orrery.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of its own, as a JVM's locale is settled when it starts. */
final class ByteExactProbe {
  static final String TEXT = "Grüße, 世界 \uD83E\uDE90 'quoted' \"twice\" $HOME\\n\t*";

  static final int EXIT_CODE = 23;

  private ByteExactProbe() {}

  public static void main(String[] args) throws Exception {
    if (!System.getProperty("sun.jnu.encoding").startsWith("ANSI")) {
      throw new AssertionError("not the C locale: " + System.getProperty("sun.jnu.encoding"));
    }
    Path directory = Files.createDirectory(Path.of(args[0], "probe"));
    Launch launch =
        new Launch(
            new JobTerms("probe", 1, directory, null, Duration.ofSeconds(1)),
            List.of(
                "/bin/sh", "-c", "printf '%s\\n' \"$1\" \"$TEXT\"; exit " + EXIT_CODE, "sh", TEXT),
            Map.of("TEXT", TEXT),
            directory,
            StreamSetup.FILES,
            Confinement.NONE);
    CompletableFuture<Exit> ended = new CompletableFuture<>();
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      runner.spawn(launch, ended::complete);
      if (ended.get(30, TimeUnit.SECONDS).cause() instanceof Exit.Cause.Exited(int code)) {
        System.exit(code);
      }
    }
  }
}
