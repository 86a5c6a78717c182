package io.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, sizes and addresses as text. */
final class QuantityTextTest {
  @ParameterizedTest
  @CsvSource({"500ms, 500", "10s, 10000", "5m, 300000", "2h, 7200000", "1d, 86400000", "0ms, 0"})
  void aDurationIsReadAndWrittenAlike(String text, long millis) {
    assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
    assertThat(DurationText.format(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "-1s", "1.5s", "10 s", "1h30m", "10S", "9999999999s", "١s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessageStartingWith("must be a duration like");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "512, 512", "7B, 7", "1KiB, 1024", "64MiB, 67108864", "2GiB, 2147483648"})
  void aSizeIsRead(String text, long bytes) {
    assertThat(SizeText.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "-1", "1MB", "1.5GiB", "1 MiB", "1mib"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SizeText.parse(text))
        .withMessageStartingWith("must be a size like");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:1", "10.0.0.1:65535", "[::1]:50000", "a-b.example.com:80"})
  void anAddressIsReadAndWrittenAlike(String text) {
    assertThat(HostPort.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host",
        ":1",
        "host:",
        "host:0",
        "host:65536",
        "::1:1",
        "[x]:1",
        "a b:1",
        "h:1x"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text));
  }
}
