package io.orrery.output;

import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LastLinesTest {
  private static final int BLOCK = 64 * 1024;

  @TempDir Path directory;

  private String last(String text, long count) throws IOException {
    Files.writeString(directory.resolve("stdout"), text);
    try (OutputFiles files = new OutputFiles(directory)) {
      return text.substring((int) new LastLines(files, count).start(STDOUT, text.length()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1, ''",
    "'', 0, ''",
    "a|b|c|, 0, ''",
    "a|b|c|, 1, c|",
    "a|b|c|, 2, b|c|",
    "a|b|c|, 3, a|b|c|",
    "a|b|c|, 4, a|b|c|",
    "a|b|c, 1, c",
    "a|b|c, 2, b|c",
    "a, 1, a",
    "|, 1, |",
    "|||, 2, ||",
    "a||, 1, |",
    "a|b|c|, 9223372036854775807, a|b|c|"
  })
  void theLastLinesAre(String text, long count, String expected) throws IOException {
    assertThat(last(text.replace('|', '\n'), count)).isEqualTo(expected.replace('|', '\n'));
  }

  @Test
  void aLineMayBeLongerThanManyBlocks() throws IOException {
    String line = "x".repeat(5 * BLOCK + 17) + "\n";
    assertThat(last("first\n" + line, 1)).isEqualTo(line);
    assertThat(last(line + line, 2)).isEqualTo(line + line);
  }

  @Test
  void aNewlineMayStandAtEitherSideOfABlock() throws IOException {
    for (int length = BLOCK - 2; length <= BLOCK + 2; length++) {
      String line = "y".repeat(length - 1) + "\n";
      assertThat(last("before\n" + line, 1)).isEqualTo(line);
      assertThat(last("before\n" + line + "z\n", 2)).isEqualTo(line + "z\n");
    }
  }
}
