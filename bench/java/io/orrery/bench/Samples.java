package io.orrery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of one kind, each a line of a file in the end. For one event loop. */
final class Samples {
  private final List<String> lines = new ArrayList<>();

  void addMicros(long nanos) {
    add("%.1f", nanos / 1e3);
  }

  void add(String format, double value) {
    lines.add(String.format(Locale.ROOT, format, value));
  }

  int size() {
    return lines.size();
  }

  void appendTo(Path file) throws IOException {
    Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
