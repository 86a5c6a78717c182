package io.orrery.cli;

import io.orrery.v1.TerminalSize;
import org.jspecify.annotations.Nullable;

/**
 * Our standard input at the service of one job: as it comes, or, for a job with a terminal, key by
 * key from ours, which is raw from when the job takes input until this is closed.
 */
final class Interaction implements AutoCloseable {
  /** Between two sizes: a program that sees only the second does not draw. */
  private static final long REDRAW_MILLIS = 300;

  private final Session session;
  private final String jobId;
  private final @Nullable LocalTerminal terminal;
  private final Console console;
  private final LiveStdin stdin;

  /**
   * @param fresh whether the job has just been started by us, and has our size
   */
  private Interaction(
      Session session, String jobId, @Nullable LocalTerminal terminal, boolean fresh) {
    Console plain = session.console();
    this.session = session;
    this.jobId = jobId;
    this.terminal = terminal;
    this.console =
        terminal == null
            ? plain
            : new Console(plain.in(), plain.out(), LocalTerminal.returning(plain.err()));
    EscapeFilter filter = terminal == null ? EscapeFilter.none() : new EscapeFilter(new Words());
    this.stdin = new LiveStdin(plain.in(), filter, fresh, this::taken);
  }

  /** With a job that has just been started by us, and has our terminal's size. */
  static Interaction withNew(Session session, String jobId, @Nullable LocalTerminal terminal) {
    return new Interaction(session, jobId, terminal, true).begin();
  }

  /** With a job that has run before. Its programs draw anew what they show. */
  static Interaction withRunning(Session session, String jobId, @Nullable LocalTerminal terminal) {
    Interaction interaction = new Interaction(session, jobId, terminal, false);
    if (terminal != null) {
      LocalTerminal.size().ifPresent(interaction::redraw);
    }
    return interaction.begin();
  }

  /** Programs draw when their terminal gets another size: first one that is none of ours. */
  private void redraw(TerminalSize size) {
    int rows = size.getRows() > 1 ? size.getRows() - 1 : 2;
    stdin.resize(size.toBuilder().setRows(rows).build());
    Thread.startVirtualThread(
        () -> {
          try {
            Thread.sleep(REDRAW_MILLIS);
            stdin.resize(size);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private Interaction begin() {
    if (terminal != null) {
      session.interrupts().onResize(() -> LocalTerminal.size().ifPresent(stdin::resize));
    }
    stdin.start();
    return this;
  }

  /** From now on Ctrl-C is the job's; while it waited for a worker, it was ours. */
  private void taken() {
    if (terminal != null) {
      terminal.makeRaw();
    }
  }

  /** For what is said while the terminal is raw. */
  Console console() {
    return console;
  }

  OutputSource source(Servers servers) {
    return new AttachSource(servers, console, stdin);
  }

  /** The cursor is wherever the job has left it. */
  private void beginLine() {
    Console.write(console.err(), new byte[] {'\n'});
  }

  private final class Words implements EscapeFilter.Listener {
    @Override
    public void leave() {
      beginLine();
      close();
      session.console().say("left; the job goes on, to return: orrery attach " + jobId);
      session.interrupts().exit(ExitCode.OURS);
    }

    @Override
    public void help() {
      beginLine();
      console.say("at the beginning of a line: ~. leaves, the job goes on; ~~ is a ~; ~? is this");
    }
  }

  @Override
  public void close() {
    if (terminal != null) {
      terminal.restore();
    }
  }
}
