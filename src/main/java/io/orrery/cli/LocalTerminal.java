package io.orrery.cli;

import io.orrery.v1.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that is our standard input, through stty(1), which every system has and no library
 * of Java's replaces. Whatever ends this process in order gives it back as it was.
 */
final class LocalTerminal {
  private static final long PATIENCE_SECONDS = 5;

  private final String settings;
  private boolean raw;

  private LocalTerminal(String settings) {
    this.settings = settings;
  }

  /** Empty where our standard input is no terminal. */
  static Optional<LocalTerminal> find() {
    String settings = stty("-g");
    return settings == null || settings.isEmpty()
        ? Optional.empty()
        : Optional.of(new LocalTerminal(settings));
  }

  /** From now on every key is only a byte, and nothing is done to what is shown. */
  synchronized void makeRaw() {
    if (!raw) {
      raw = true;
      Runtime.getRuntime().addShutdownHook(new Thread(this::restore));
      stty("raw", "-echo", "-iexten");
    }
  }

  /** As it was found. Twice is as good as once. */
  synchronized void restore() {
    if (raw) {
      raw = false;
      stty(settings);
    }
  }

  /** Its size now; empty where it does not say. */
  static Optional<TerminalSize> size() {
    String text = stty("size");
    if (text == null || !text.matches("[1-9][0-9]{0,4} [1-9][0-9]{0,4}")) {
      return Optional.empty();
    }
    String[] numbers = text.split(" ", -1);
    return Optional.of(
        TerminalSize.newBuilder()
            .setRows(Integer.parseInt(numbers[0]))
            .setColumns(Integer.parseInt(numbers[1]))
            .build());
  }

  /** What it says; null when it fails. */
  private static @Nullable String stty(String... arguments) {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    try {
      Process stty =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && stty.exitValue() == 0
          ? said
          : null;
    } catch (IOException _) {
      return null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** For messages of ours on a raw terminal, where a line's end alone does not begin a line. */
  static OutputStream returning(OutputStream to) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(length + 8);
        for (int i = from; i < from + length; i++) {
          if (bytes[i] == '\n') {
            lines.write('\r');
          }
          lines.write(bytes[i]);
        }
        to.write(lines.toByteArray());
      }
    };
  }
}
