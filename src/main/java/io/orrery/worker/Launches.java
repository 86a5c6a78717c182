package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobCommand;
import io.orrery.job.JobSpec;
import io.orrery.job.Reason;
import io.orrery.job.StdinMode;
import io.orrery.job.TerminalRequest;
import io.orrery.process.Confinement;
import io.orrery.process.JobEnvironment;
import io.orrery.process.JobUser;
import io.orrery.process.Launch;
import io.orrery.process.ScriptLookup;
import io.orrery.process.ScriptsFolder;
import io.orrery.process.StreamSetup;
import io.orrery.process.StreamSetup.WindowSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the runner's order out of a job: the arguments, the environment and the directories. */
final class Launches {
  private final ScriptsFolder scripts;
  private final JobDirectories directories;
  private final JobEnvironment environment = JobEnvironment.ofThisProcess();

  Launches(ScriptsFolder scripts, JobDirectories directories) {
    this.scripts = scripts;
    this.directories = directories;
  }

  /**
   * Blocks for the scripts folder.
   *
   * @throws ApiException with {@link Reason#SCRIPT_NOT_FOUND} or {@link Reason#INVALID_REQUEST}
   */
  Launch of(Job job) {
    JobCommand command = job.spec().command();
    List<String> argv = new ArrayList<>();
    argv.add(command.command());
    if (!command.path().isEmpty()) {
      argv.add(script(command.path()).toString());
    }
    argv.addAll(command.args());
    Path workingDirectory =
        command.workingDirectory().isEmpty()
            ? directories.workingDirectory(job.id())
            : Path.of(command.workingDirectory());
    return new Launch(
        directories.terms(job),
        argv,
        environment.of(job.id().value(), variables(job.spec())),
        workingDirectory,
        streams(job.spec()),
        new Confinement(job.spec().limits(), job.spec().runAs()));
  }

  /** Those of the request, before those of its terminal and of the user that it asks for. */
  private static Map<String, String> variables(JobSpec spec) {
    Map<String, String> variables = new HashMap<>();
    if (!spec.runAs().isEmpty()) {
      variables.putAll(user(spec.runAs()).environment());
    }
    TerminalRequest terminal = spec.terminal();
    if (terminal != null) {
      variables.put("TERM", terminal.term());
    }
    variables.putAll(spec.command().env());
    return variables;
  }

  private static JobUser user(String name) {
    return JobUser.find(name)
        .orElseThrow(
            () ->
                ApiException.invalid(
                    "run_as",
                    "must be a user of the worker's host, and there is no '" + name + "'"));
  }

  private static StreamSetup streams(JobSpec spec) {
    TerminalRequest terminal = spec.terminal();
    return new StreamSetup(
        spec.mergeStderr(),
        spec.input().mode() == StdinMode.LIVE,
        terminal == null ? null : new WindowSize(terminal.rows(), terminal.columns()));
  }

  private Path script(String path) {
    return switch (scripts.resolve(path)) {
      case ScriptLookup.Found found -> found.file();
      case ScriptLookup.NotFound missing ->
          throw new ApiException(Reason.SCRIPT_NOT_FOUND, missing.message(), Map.of("path", path));
      case ScriptLookup.NotAllowed refused -> throw ApiException.invalid("path", refused.message());
    };
  }
}
