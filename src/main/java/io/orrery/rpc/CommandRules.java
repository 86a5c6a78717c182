package io.orrery.rpc;

import io.orrery.v1.StartJobRequest;
import java.util.List;
import java.util.Map;

/** What a command, its arguments and its environment must be to reach execve(2). */
final class CommandRules {
  /** MAX_ARG_STRLEN of execve(2), 32 pages, without the NUL at the end. */
  static final int MAX_ARGUMENT = 131_071;

  /** What we take of arguments and environment together; execve(2) takes a quarter of the stack. */
  static final int MAX_ALL = 2 << 20;

  private static final int MAX_PATH = 4095; // PATH_MAX without the NUL
  private static final int MAX_SEGMENT = 255; // NAME_MAX

  private CommandRules() {}

  static void check(StartJobRequest request, Violations violations) {
    violations.require(!request.getCommand().isEmpty(), "command", "must not be empty");
    violations.text("command", request.getCommand(), MAX_PATH);
    path(request.getPath(), violations);
    violations.text("working_directory", request.getWorkingDirectory(), MAX_PATH);
    args(request.getArgsList(), violations);
    env(request.getEnvMap(), violations);
    long all = size(request);
    violations.require(
        all <= MAX_ALL,
        "args",
        "must have at most " + MAX_ALL + " bytes together with env, and have " + all);
  }

  private static void path(String path, Violations violations) {
    violations.text("path", path, MAX_PATH);
    violations.require(
        path.chars().noneMatch(c -> c < ' ' || c == 0x7f),
        "path",
        "must not contain control characters");
    if (path.startsWith("/")) {
      violations.add("path", "must be relative to the scripts folder");
    } else if (!path.isEmpty()) {
      for (String segment : path.split("/", -1)) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
          violations.add("path", "must not contain empty parts, '.' or '..'");
          return;
        }
        violations.text("path", segment, MAX_SEGMENT);
      }
    }
  }

  private static void args(List<String> args, Violations violations) {
    for (int i = 0; i < args.size(); i++) {
      violations.text("args[" + i + "]", args.get(i), MAX_ARGUMENT);
    }
  }

  private static void env(Map<String, String> env, Violations violations) {
    env.forEach(
        (name, value) -> {
          String field = "env[" + AccessLog.escape(name) + "]";
          violations.require(
              !name.isEmpty() && name.indexOf('=') < 0,
              field,
              "must have a name that is not empty and has no '='");
          violations.text(field, name + "=" + value, MAX_ARGUMENT);
        });
  }

  private static long size(StartJobRequest request) {
    long all = 0;
    for (String argument : request.getArgsList()) {
      all += Violations.utf8Length(argument) + 1L;
    }
    for (Map.Entry<String, String> variable : request.getEnvMap().entrySet()) {
      all += Violations.utf8Length(variable.getKey() + variable.getValue()) + 2L;
    }
    return all;
  }
}
