package io.orrery.cli;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.FileAction;
import io.orrery.posix.PosixException;
import io.orrery.posix.PseudoTerminal;
import io.orrery.posix.Signals;
import io.orrery.posix.Spawn;
import io.orrery.posix.Waiting;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A shell on a terminal of the kernel's, and somebody who types commands of ours into it. */
final class Typist implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final PseudoTerminal terminal;
  private final int slave;
  private final int shell;
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  /** With 30 rows and 100 columns, and {@code orrery} as a function of the shell. */
  Typist(Map<String, String> environment) throws PosixException {
    terminal = PseudoTerminal.open();
    PseudoTerminal.ioctl_tiocswinsz(terminal.master(), 30, 100);
    slave = Descriptors.open(terminal.path(), Descriptors.O_RDWR | Descriptors.O_NOCTTY, 0);
    List<String> variables = new ArrayList<>();
    variables.add("PATH=/usr/bin:/bin");
    variables.add("TERM=dumb");
    variables.add("PS1=local> ");
    variables.add("LC_ALL=C.UTF-8");
    variables.add("ORRERY_TEST_JAVA=" + Path.of(System.getProperty("java.home"), "bin/java"));
    variables.add("CLASSPATH=" + System.getProperty("java.class.path"));
    environment.forEach((name, value) -> variables.add(name + "=" + value));
    shell =
        Spawn.posix_spawn(
            "/bin/sh",
            List.of(
                new FileAction.Open(0, terminal.path(), Descriptors.O_RDWR, 0),
                new FileAction.Dup2(0, 1),
                new FileAction.Dup2(0, 2),
                new FileAction.CloseFrom(3)),
            List.of("sh", "-i"),
            variables);
    await("a prompt", () -> shows("local> "));
    line(
        "orrery() { \"$ORRERY_TEST_JAVA\" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "
            + Main.class.getName()
            + " \"$@\"; }");
  }

  void type(String keys) throws PosixException {
    byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; ) {
      at += Descriptors.write(terminal.master(), bytes, at);
    }
  }

  void line(String line) throws PosixException {
    type(line + "\r");
  }

  void resize(int rows, int columns) throws PosixException {
    PseudoTerminal.ioctl_tiocswinsz(terminal.master(), rows, columns);
  }

  /** What has been shown so far. */
  synchronized String screen() {
    try {
      while (true) {
        byte[] more = Descriptors.readNow(terminal.master(), 4096).orElse(new byte[0]);
        if (more.length == 0) {
          break;
        }
        screen.writeBytes(more);
      }
    } catch (PosixException e) {
      if (!e.is(Errno.EIO)) {
        throw new IllegalStateException(e);
      }
    }
    return screen.toString(StandardCharsets.UTF_8);
  }

  boolean shows(String text) {
    return screen().contains(text);
  }

  void awaitShown(String text) {
    await(text, () -> shows(text));
  }

  /** Waits until the command has ended: keys that come before are its own. */
  void awaitPrompt() {
    await("a prompt at the end", () -> screen().endsWith("local> "));
  }

  private void await(String what, Callable<Boolean> condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (!condition.call()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("not shown: " + what + "; but:\n" + screen());
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (AssertionError e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The command that the shell runs now. */
  ProcessHandle command() {
    return ProcessHandle.of(shell).orElseThrow().children().findFirst().orElseThrow();
  }

  /** Ends the shell and what it runs. */
  @Override
  public void close() throws PosixException {
    Descriptors.close(slave);
    Descriptors.close(terminal.master());
    Signals.kill(shell, 9);
    var unused = Waiting.wait4(shell, 0);
  }
}
