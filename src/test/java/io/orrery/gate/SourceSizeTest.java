package io.orrery.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SourceSizeTest {
  private static final int MOST_LINES = 300;
  private static final int MEDIAN_LINES = 80;

  @Test
  void noMainFileIsLongerThanThreeHundredLines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : SourceTree.javaFiles(SourceTree.MAIN)) {
      int lines = Files.readAllLines(file).size();
      if (lines > MOST_LINES) {
        tooLong.add(file + ": " + lines + " lines");
      }
    }

    assertThat(tooLong).isEmpty();
  }

  @Test
  void halfOfTheMainFilesAreShort() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    for (Path file : SourceTree.javaFiles(SourceTree.MAIN)) {
      lengths.add(Files.readAllLines(file).size());
    }
    lengths.sort(null);

    assertThat(lengths.get(lengths.size() / 2)).isLessThanOrEqualTo(MEDIAN_LINES);
  }
}
