package io.orrery.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt of a job is started from.
 *
 * @param directory the job directory, which exists: {@code stdout} and {@code stderr} are appended
 *     to there (made with mode 0600), and {@code stdin}, if it exists, is the job's input
 *     (/dev/null if not)
 * @param argv the command and its arguments; a command without a slash is looked up in the PATH of
 *     {@code environment}
 * @param environment the whole environment; {@code ORRERY_JOB_ID} is added to it
 * @param workingDirectory relative commands and relative PATH entries start from it
 * @param mergeStderr whether standard error goes to {@code stdout} as well; then {@code stderr} is
 *     not made
 * @param timeout how long the job may run before it is stopped; null is for ever
 * @param stopGrace the time from SIGTERM to SIGKILL after the timeout, and for what the main
 *     process left behind
 */
public record Launch(
    String jobId,
    int attempt,
    Path directory,
    List<String> argv,
    Map<String, String> environment,
    Path workingDirectory,
    boolean mergeStderr,
    @Nullable Duration timeout,
    Duration stopGrace) {

  public Launch {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("argv is empty");
    }
    if (stopGrace.isNegative() || (timeout != null && timeout.isNegative())) {
      throw new IllegalArgumentException("a duration is negative");
    }
  }
}
