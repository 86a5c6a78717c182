package io.orrery.job;

import java.util.List;
import java.util.Map;

/**
 * What a job runs: the command, a script of the scripts folder or "", the arguments after it, what
 * is added to the environment, and the working directory or "".
 */
public record JobCommand(
    String command,
    String path,
    List<String> args,
    Map<String, String> env,
    String workingDirectory) {
  public JobCommand {
    args = List.copyOf(args);
    env = Map.copyOf(env);
  }
}
