package io.orrery.cli;

import java.util.Arrays;
import picocli.CommandLine;

/** The command line: finds the command of the first word and runs it. */
final class Cli {
  private final Session session;

  Cli(Session session) {
    this.session = session;
  }

  /** Returns the exit code. */
  int run(String... args) {
    String name = args.length == 0 ? "--help" : args[0];
    Object command = Commands.create(name, session);
    if (command instanceof Plain plain && plain.take(Arrays.asList(args).subList(1, args.length))) {
      return call(plain);
    }
    if (command != null) {
      String[] rest = Arrays.copyOfRange(args, 1, args.length);
      return new Execution(session.console(), CommandLines.of(command)).run(rest);
    }
    return other(name, args);
  }

  private int call(Plain command) {
    try {
      return command.call();
    } catch (Exception e) {
      return Failures.tell(session.console(), e);
    }
  }

  private int other(String name, String... args) {
    try {
      return switch (name) {
        case "-h", "--help", "help" -> help(args);
        case "-V", "--version", "version" -> {
          session.console().print("orrery " + Version.number() + "\n");
          yield ExitCode.SUCCESS;
        }
        default -> {
          session.console().say("there is no command '" + name + "'; orrery --help lists them");
          yield ExitCode.OURS;
        }
      };
    } catch (OutputClosedException e) {
      return Failures.closed(session.console(), e);
    }
  }

  private int help(String... args) {
    Object command = args.length > 1 ? Commands.create(args[1], session) : null;
    CommandLine line = command == null ? Commands.all(session) : CommandLines.of(command);
    session.console().print(line.getUsageMessage());
    return ExitCode.SUCCESS;
  }
}
