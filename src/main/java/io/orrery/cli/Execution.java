package io.orrery.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Runs one command with its arguments and turns what goes wrong into a message and a code. */
final class Execution {
  private final Console console;
  private final CommandLine line;

  Execution(Console console, CommandLine line) {
    this.console = console;
    this.line = line;
  }

  int run(String... args) {
    StringWriter help = new StringWriter();
    line.setOut(new PrintWriter(help));
    line.setParameterExceptionHandler((problem, _) -> usage(problem));
    line.setExecutionExceptionHandler((failure, _, _) -> Failures.tell(console, failure));
    try {
      int code = line.execute(args);
      if (help.getBuffer().length() > 0) {
        console.print(help.toString());
      }
      return code;
    } catch (OutputClosedException e) {
      return Failures.closed(console, e);
    }
  }

  private int usage(ParameterException problem) {
    console.say(
        problem.getMessage()
            + "\n'"
            + problem.getCommandLine().getCommandSpec().qualifiedName()
            + " --help' tells more");
    return ExitCode.OURS;
  }
}
