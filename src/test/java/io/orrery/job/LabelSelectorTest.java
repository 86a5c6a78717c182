package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
  private static final Map<String, String> LABELS = Map.of("zone", "a", "gpu", "", "rack", "r-1.x");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                    | true",
        "zone=a                | true",
        "zone==a               | true",
        "zone = a              | true",
        "zone=b                | false",
        "zone!=b               | true",
        "zone!=a               | false",
        "other!=a              | true",
        "gpu                   | true",
        "!gpu                  | false",
        "!other                | true",
        "other                 | false",
        "gpu=                  | true",
        "zone in (a,b)         | true",
        "zone in ( b , c )     | false",
        "other in (a)          | false",
        "zone in (a,a)         | true",
        "zone=a,gpu,rack=r-1.x | true",
        "zone=a, !gpu          | false",
      })
  void matchesAsWritten(String selector, boolean expected) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"=a", "zone=a b", "zone in a", "zone in (a", "zone=a;gpu", "a=b=c", ",", "zone<a"})
  void refusesWhatIsNoSelector(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(refusal.violations().getFirst().field()).isEqualTo("selector");
              assertThat(refusal).hasMessageContaining(selector);
            });
  }

  @Test
  void longInputIsReadInLinearTime() {
    assertThatThrownBy(() -> LabelSelector.parse("a".repeat(100_000)))
        .isInstanceOf(ApiException.class);
  }
}
