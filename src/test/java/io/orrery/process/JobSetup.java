package io.orrery.process;

import io.orrery.job.StopLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A launch to be varied by a test; its directory exists and is empty. */
final class JobSetup {
  final String jobId = UUID.randomUUID().toString();
  final Path directory;
  List<String> argv;
  Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
  Path workingDirectory = Path.of("/");
  Confinement confinement = Confinement.NONE;
  StreamSetup streams = StreamSetup.FILES;
  @Nullable Duration timeout;
  Duration stopGrace = Duration.ofSeconds(10);
  StopLimit streamLimit = StopLimit.NONE;

  JobSetup(Path root, String... argv) {
    this.argv = List.of(argv);
    this.directory = root.resolve(jobId);
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Launch launch() {
    JobTerms terms = new JobTerms(jobId, 1, directory, timeout, stopGrace, streamLimit);
    return new Launch(terms, argv, environment, workingDirectory, streams, confinement);
  }

  String stdout() throws IOException {
    return Files.readString(directory.resolve("stdout"));
  }

  String stderr() throws IOException {
    return Files.readString(directory.resolve("stderr"));
  }
}
