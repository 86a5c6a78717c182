package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EscapeFilterTest {
  private int left;
  private int helped;

  private final EscapeFilter filter =
      new EscapeFilter(
          new EscapeFilter.Listener() {
            @Override
            public void leave() {
              left++;
            }

            @Override
            public void help() {
              helped++;
            }
          });

  /** Types it key by key, and again at once into another filter. */
  private String type(String typed) {
    StringBuilder passed = new StringBuilder();
    for (byte key : typed.getBytes(StandardCharsets.ISO_8859_1)) {
      passed.append(filter.pass(new byte[] {key}, 1).toString(StandardCharsets.ISO_8859_1));
    }
    return passed.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "'~.', '', 1, 0",
    "'a\r~.', 'a\r', 1, 0",
    "'a\n~.b', 'a\nb', 1, 0",
    "'a~.', 'a~.', 0, 0",
    "'~~.', '~.', 0, 0",
    "'~?\r', '\r', 0, 1",
    "'~a', '~a', 0, 0",
    "'~\r~.', '~\r', 1, 0",
    "'~~~.', '~~.', 0, 0",
  })
  void wordsToUsBeginALine(String typed, String passed, int leaving, int helping) {
    assertThat(type(typed)).isEqualTo(passed);
    assertThat(left).isEqualTo(leaving);
    assertThat(helped).isEqualTo(helping);
  }

  @Test
  void aPieceAtOnceIsTheSame() {
    byte[] typed = "ls\r~~x\r~?".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(filter.pass(typed, typed.length).toString(StandardCharsets.ISO_8859_1))
        .isEqualTo("ls\r~x\r");
    assertThat(helped).isEqualTo(1);
  }

  @Test
  void withoutATerminalEveryByteIsTheJobs() {
    byte[] typed = {'~', '.', (byte) 0xff, 0};
    assertThat(EscapeFilter.none().pass(typed, 3).toByteArray())
        .containsExactly('~', '.', (byte) 0xff);
  }
}
