package io.orrery.cli;

import io.orrery.config.DurationText;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Makes picocli's model of one command, with the types that our flags have. */
final class CommandLines {
  private CommandLines() {}

  static CommandLine of(Object command) {
    CommandLine line =
        new CommandLine(command)
            .registerConverter(Duration.class, CommandLines::duration)
            // What follows the command of a job are its arguments, whatever they look like.
            .setStopAtPositional(command instanceof RunCommand || command instanceof StartCommand)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(false)
            .setUsageHelpWidth(100);
    line.getCommandSpec().qualifiedName();
    if (command instanceof WorkersCommand workers) {
      workers.subcommands().forEach((name, each) -> line.addSubcommand(name, of(each)));
    }
    return line;
  }

  private static Duration duration(String text) {
    try {
      return DurationText.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
