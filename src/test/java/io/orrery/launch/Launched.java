package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program that a test started, whose standard output and error are kept line by line as one; it
 * is killed when it is closed.
 */
final class Launched implements AutoCloseable {
  /** How long anything may take on a machine with much else to do. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  private static final Pattern LISTENING = Pattern.compile("listening on [^ ]*:(\\d+)$");

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;

  private Launched(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  /** Starts a program with these variables set, and none of ours or of the JVM from outside. */
  static Launched start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ORRERY_") || name.endsWith("JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    return new Launched(
        builder.redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true).start());
  }

  private void read() {
    try (BufferedReader text = process.inputReader()) {
      for (String line = text.readLine(); line != null; line = text.readLine()) {
        add(line);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The first line in which the pattern is found, as soon as there is one. */
  synchronized Matcher await(Pattern pattern) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int next = 0; ; next++) {
      while (next == lines.size()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertThat(!ended && left > 0).as("a line with %s in: %s", pattern, text()).isTrue();
        wait(left);
      }
      Matcher matcher = pattern.matcher(lines.get(next));
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** The port that a server of ours says it listens on. */
  int port() throws InterruptedException {
    return Integer.parseInt(await(LISTENING).group(1));
  }

  /** All that it has printed, or all so far while it runs. */
  synchronized String text() {
    return String.join("\n", lines);
  }

  long pid() {
    return process.pid();
  }

  void signal(Signal signal) throws PosixException {
    Signals.kill((int) process.pid(), signal.number());
  }

  /** Waits for its end; as a shell tells it, 128+n after signal n. */
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ended: %s", text())
        .isTrue();
    reader.join(PATIENCE);
    return process.exitValue();
  }

  /** Asks it to end, and waits for it. */
  void terminate() {
    process.toHandle().destroy();
    process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }
}
