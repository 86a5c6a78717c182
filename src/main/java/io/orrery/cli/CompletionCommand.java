package io.orrery.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints a script that teaches a shell to complete our commands. */
@Command(
    name = "completion",
    description = "print a completion script: source <(orrery completion bash)")
final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "bash|zsh", description = "the shell")
  private String shell = "";

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Mixin
  private final HelpFlag help = new HelpFlag();

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (!shell.equals("bash") && !shell.equals("zsh")) {
      throw new CommandException("completion is there for bash and zsh, not for '" + shell + "'");
    }
    CommandLine all = Commands.all(session);
    session.console().print(AutoComplete.bash("orrery", all));
    return ExitCode.SUCCESS;
  }
}
