package io.orrery.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands by their names; only what is asked for is made. */
final class Commands {
  static final List<String> NAMES =
      List.of(
          "run",
          "start",
          "attach",
          "logs",
          "stop",
          "kill",
          "status",
          "ps",
          "history",
          "explain",
          "wait",
          "workers",
          "certs",
          "scheduler",
          "worker",
          "demo",
          "completion");

  private Commands() {}

  static @Nullable Object create(String name, Session session) {
    return switch (name) {
      case "run" -> new RunCommand(session);
      case "start" -> new StartCommand(session);
      case "attach" -> new AttachCommand(session);
      case "logs" -> new LogsCommand(session);
      case "stop" -> new StopCommand(session);
      case "kill" -> new KillCommand(session);
      case "status" -> new StatusCommand(session);
      case "ps" -> new PsCommand(session);
      case "history" -> new HistoryCommand(session);
      case "explain" -> new ExplainCommand(session);
      case "wait" -> new WaitCommand(session);
      case "workers" -> new WorkersCommand(session);
      case "certs" -> new CertsCommand(session);
      case "scheduler" -> new SchedulerCommand();
      case "worker" -> new WorkerCommand();
      case "demo" -> new DemoCommand(session);
      case "completion" -> new CompletionCommand(session);
      default -> null;
    };
  }

  /** All of them under one name, for the help and for completion. */
  static CommandLine all(Session session) {
    CommandLine all = CommandLines.of(new Orrery());
    for (String name : NAMES) {
      Object command = create(name, session);
      if (command != null) {
        all.addSubcommand(CommandLines.of(command));
      }
    }
    return all;
  }

  /** The program as a whole. */
  @Command(
      name = "orrery",
      description = "Runs commands on other machines and shows what they print.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "'orrery COMMAND --help' tells more about one. Whom to ask and as whom: --server, --ca,",
        "--cert and --key of each command, or ORRERY_SERVER, _CA, _CERT and _KEY, or the keys"
            + " server,",
        "ca, cert and key of ~/.config/orrery/config.json.",
        "",
        "Exit codes: the job's own; 124 timed out, 125 orrery's own failures, 126 not executable,",
        "127 not found, 128+n ended by signal n."
      })
  private static final class Orrery {}
}
