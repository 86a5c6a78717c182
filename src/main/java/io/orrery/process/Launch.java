package io.orrery.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one attempt of a job is started from. In the directory of {@code terms}, {@code stdout} and
 * {@code stderr} are appended to (made with mode 0600), and {@code stdin}, if it exists, is the
 * job's input (/dev/null if not), unless {@code streams} says otherwise.
 *
 * @param argv the command and its arguments; a command without a slash is looked up in the PATH of
 *     {@code environment}
 * @param environment the whole environment; {@code ORRERY_JOB_ID} is added to it
 * @param workingDirectory relative commands and relative PATH entries start from it
 * @param confinement what the job is held to
 */
public record Launch(
    JobTerms terms,
    List<String> argv,
    Map<String, String> environment,
    Path workingDirectory,
    StreamSetup streams,
    Confinement confinement) {

  public Launch {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("argv is empty");
    }
  }

  String jobId() {
    return terms.jobId();
  }

  Path directory() {
    return terms.directory();
  }

  /** Whether the job works in the directory that is made for it. */
  boolean isAtHome() {
    return workingDirectory.equals(directory().resolve("work"));
  }
}
