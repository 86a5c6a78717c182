package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.FileAction;
import io.orrery.posix.Pipe;
import io.orrery.posix.PosixException;
import io.orrery.posix.PseudoTerminal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of what a job is attached by, from before its start: of nothing, a pipe or a terminal.
 * Closing it closes what {@link #keep} has not taken over.
 */
final class Wiring implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Wiring.class.getName());
  private static final int NONE = -1;
  private static final int APPEND =
      Descriptors.O_WRONLY | Descriptors.O_APPEND | Descriptors.O_CREAT;

  private final @Nullable String terminal;
  private int ours = NONE;
  private int theirs = NONE;
  private int file = NONE;

  private Wiring(@Nullable String terminal) {
    this.terminal = terminal;
  }

  /** What a terminal writes goes to {@code stdout} in the directory. */
  static Wiring of(StreamSetup setup, Path directory) throws PosixException {
    StreamSetup.WindowSize window = setup.window();
    if (window != null) {
      return terminal(window, directory.resolve("stdout"));
    }
    Wiring wiring = new Wiring(null);
    if (setup.liveInput()) {
      Pipe pipe = Pipe.pipe2();
      wiring.ours = pipe.writeEnd();
      wiring.theirs = pipe.readEnd();
    }
    return wiring;
  }

  /** The job's side is held open here too, so that output waits for us if the job lets it go. */
  private static Wiring terminal(StreamSetup.WindowSize window, Path stdout) throws PosixException {
    PseudoTerminal made = PseudoTerminal.open();
    Wiring wiring = new Wiring(made.path());
    wiring.ours = made.master();
    try {
      PseudoTerminal.ioctl_tiocswinsz(made.master(), window.rows(), window.columns());
      wiring.theirs = Descriptors.open(made.path(), Descriptors.O_RDWR | Descriptors.O_NOCTTY, 0);
      wiring.file = Descriptors.open(stdout.toString(), APPEND, 0600);
      return wiring;
    } catch (PosixException e) {
      wiring.close();
      throw e;
    }
  }

  boolean isTerminal() {
    return terminal != null;
  }

  /** The job's descriptor 0 where it is a pipe; -1 where it is not. */
  int pipe() {
    return terminal == null ? theirs : NONE;
  }

  /**
   * Makes the terminal the job's descriptors 0 to 2, and, as the child leads a session that has
   * none, its controlling terminal.
   */
  List<FileAction> terminalActions() {
    return List.of(
        new FileAction.Open(0, String.valueOf(terminal), Descriptors.O_RDWR, 0),
        new FileAction.Dup2(0, 1),
        new FileAction.Dup2(0, 2));
  }

  /** What the job writes to: its terminal, or the files of its streams. */
  List<Path> written(Launch launch) {
    if (terminal != null) {
      return List.of(Path.of(terminal));
    }
    Path stdout = launch.directory().resolve("stdout");
    return launch.streams().mergeStderr()
        ? List.of(stdout)
        : List.of(stdout, launch.directory().resolve("stderr"));
  }

  /** What stays with us: all but the first are of a terminal, and -1 for a pipe. */
  record Kept(int descriptor, int slave, int file) {
    boolean isTerminal() {
      return slave != NONE;
    }
  }

  /** The job has started: its ends are handed over. Null where there is nothing to keep. */
  @Nullable Kept keep() {
    if (ours == NONE) {
      return null;
    }
    Kept kept = new Kept(ours, terminal == null ? NONE : theirs, file);
    ours = NONE;
    file = NONE;
    if (terminal != null) {
      theirs = NONE;
    }
    return kept;
  }

  @Override
  public void close() {
    close(ours);
    close(theirs);
    close(file);
    ours = NONE;
    theirs = NONE;
    file = NONE;
  }

  static void close(int descriptor) {
    try {
      if (descriptor != NONE) {
        Descriptors.close(descriptor);
      }
    } catch (PosixException e) {
      LOG.log(Level.WARNING, "closing a job's stream", e);
    }
  }
}
