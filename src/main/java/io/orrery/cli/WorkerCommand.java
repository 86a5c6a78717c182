package io.orrery.cli;

import picocli.CommandLine.Command;

/** Is a worker. */
@Command(name = "worker", description = "be a worker, until SIGTERM or Ctrl-C")
final class WorkerCommand extends ServerCommand {
  WorkerCommand() {
    super("WorkerVerticle", "worker.json");
  }
}
