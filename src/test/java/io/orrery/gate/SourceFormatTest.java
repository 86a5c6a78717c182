package io.orrery.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.StringWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SourceFormatTest {
  private final Formatter formatter = new Formatter();

  @Test
  void everySourceFileIsFormatted() throws IOException {
    List<Path> wrong =
        SourceTree.javaFiles(SourceTree.MAIN, SourceTree.TEST).parallelStream()
            .filter(file -> !isFormatted(file))
            .toList();

    assertThat(wrong).as("not in google-java-format; bin/format rewrites them").isEmpty();
  }

  @Test
  void aLineOutOfPlaceIsNoticed() throws FormatterException {
    assertThat(format("class A {\n int b;\n}\n")).isEqualTo("class A {\n  int b;\n}\n");
  }

  private boolean isFormatted(Path file) {
    try {
      String source = Files.readString(file);
      return format(source).equals(source);
    } catch (IOException | FormatterException e) {
      throw new AssertionError(file + ": " + e.getMessage(), e);
    }
  }

  /** What bin/format does to a file: imports, layout, long strings. */
  private String format(String source) throws FormatterException {
    return StringWrapper.wrap(formatter.formatSourceAndFixImports(source), formatter);
  }
}
