package io.orrery.cli;

import java.util.List;

/** The arguments of commands that take jobs. */
final class JobArguments {
  static final String DESCRIPTION = "an id, the first characters of one, or 'last'";

  private JobArguments() {}

  /** Whether there is at least one, and none is a flag. */
  static boolean arePlain(List<String> arguments) {
    for (String argument : arguments) {
      if (argument.startsWith("-")) {
        return false;
      }
    }
    return !arguments.isEmpty();
  }
}
