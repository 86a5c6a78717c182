package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {

  @ParameterizedTest
  @CsvSource({"TERM, 15", "SIGTERM, 15", "sigkill, 9", "15, 15", "1, 1", "64, 64", "usr2, 12"})
  void aNameOrANumberIsRead(String text, int number) {
    assertThat(Signal.parse(text)).hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65", "-9", "SIG", "SIG15", "TERMINATE", "9.0", "99999999999"})
  void anythingElseIsNoSignal(String text) {
    assertThat(Signal.parse(text)).isEmpty();
  }

  @Test
  void numbersHaveNamesUpTo31() {
    assertThat(Signal.nameOf(15)).isEqualTo("SIGTERM");
    assertThat(Signal.nameOf(31)).isEqualTo("SIGSYS");
    assertThat(Signal.nameOf(34)).isEqualTo("signal 34");
    assertThat(Signal.values())
        .allSatisfy(s -> assertThat(Signal.nameOf(s.number())).contains(s.name()));
  }
}
