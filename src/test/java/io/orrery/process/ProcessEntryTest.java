package io.orrery.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessEntryTest {

  @Test
  void aNameMayContainAnything() {
    assertThat(ProcessEntry.parse(7, line("a) S 1 (b", "S", 1)))
        .contains(new ProcessEntry(7, 42, 44, false, 123456));
  }

  @ParameterizedTest
  @CsvSource({
    "R, 1, false",
    "D, 1, false",
    "T, 3, false",
    "Z, 1, true",
    "Z, 2, false",
    "X, 0, true"
  })
  void aZombieIsGoneUnlessItsOtherThreadsRun(String state, int threads, boolean gone) {
    assertThat(ProcessEntry.parse(7, line("x", state, threads)).orElseThrow().gone())
        .isEqualTo(gone);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7 (x", "7 (x)", "7 (x) ", "7 (x) S 1 2 3"})
  void halfALineIsNoProcess(String line) {
    assertThat(ProcessEntry.parse(7, line.getBytes(ISO_8859_1))).isEmpty();
  }

  private static byte[] line(String name, String state, int threads) {
    return ("7 ("
            + name
            + ") "
            + state
            + " 42 43 44 0 -1 0 0 0 0 0 0 0 0 0 20 0 "
            + threads
            + " 0 123456 0 0\n")
        .getBytes(ISO_8859_1);
  }
}
