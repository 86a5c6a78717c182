package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcTimeoutTest {
  @ParameterizedTest
  @CsvSource({
    "1n,PT0.000000001S",
    "5u,PT0.000005S",
    "20m,PT0.02S",
    "0S,PT0S",
    "10S,PT10S",
    "3M,PT3M",
    "99999999H,PT99999999H"
  })
  void everyUnitIsRead(String header, Duration expected) {
    assertThat(GrpcTimeout.parse(header)).isEqualTo(expected);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"S", "1", "1s", "-1S", "123456789S", "1.5S", " 1S", "1S ", "١S"})
  void whatIsNotATimeoutIsNone(String header) {
    assertThat(GrpcTimeout.parse(header)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.001S", "PT10S", "PT27H", "PT28H"})
  void whatIsWrittenIsReadAndNeverShorter(Duration timeout) {
    Duration read = GrpcTimeout.parse(GrpcTimeout.format(timeout));
    assertThat(read).isBetween(timeout, timeout.plusSeconds(1));
  }

  @Test
  void whatIsLongerThanAHeaderCanSayIsCut() {
    assertThat(GrpcTimeout.parse(GrpcTimeout.format(Duration.ofDays(36_500))))
        .isEqualTo(Duration.ofSeconds(99_999_999));
  }

  @Test
  void aDeadlineCountsDownAndStopsAtZero() {
    assertThat(Deadline.after(Duration.ofSeconds(9)).remaining())
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(9));
    assertThat(Deadline.after(Duration.ZERO).remaining()).isZero();
    assertThat(Deadline.after(Duration.ofSeconds(-1)).remaining()).isZero();
    assertThat(Deadline.after(Duration.ofHours(99_999_999)).isFinite()).isFalse();
    assertThat(Deadline.NEVER.remaining()).isGreaterThan(Duration.ofDays(30_000));
  }
}
