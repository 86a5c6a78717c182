package io.orrery.cli;

import picocli.CommandLine.Command;

/** Is a scheduler. */
@Command(name = "scheduler", description = "be a scheduler, until SIGTERM or Ctrl-C")
final class SchedulerCommand extends ServerCommand {
  SchedulerCommand() {
    super("SchedulerVerticle", "scheduler.json");
  }
}
