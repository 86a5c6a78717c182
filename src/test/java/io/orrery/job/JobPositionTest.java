package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobPositionTest {
  private static final JobId FIRST = new JobId("00000000-0000-4000-8000-000000000001");
  private static final JobId SECOND = new JobId("00000000-0000-4000-8000-000000000002");

  @Test
  void ordersTheNewestFirstAndThenById() {
    Instant early = Instant.parse("2026-01-01T00:00:00Z");
    JobPosition old = new JobPosition(early, FIRST);
    JobPosition young = new JobPosition(early.plusNanos(1), SECOND);
    JobPosition twin = new JobPosition(early, SECOND);

    List<JobPosition> sorted = Stream.of(twin, old, young).sorted().toList();

    assertThat(sorted).containsExactly(young, old, twin);
  }

  @Test
  void comesBackFromItsToken() {
    JobPosition position = new JobPosition(Instant.parse("2026-01-01T00:00:00.123456789Z"), FIRST);

    assertThat(JobPosition.parse(position.token())).isEqualTo(position);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%%%", "AAAA", "MS4y", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMS4x"})
  void refusesTokensThatAreNotOurs(String token) {
    assertThatThrownBy(() -> JobPosition.parse(token))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("page_token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775807.0",
        "-9223372036854775808.0",
        "9223372036854775807.9223372036854775807",
        "0.9223372036854775808",
        "31556889864403200.0"
      })
  void refusesATimeThatDoesNotExist(String time) {
    String text = time + "." + FIRST;
    String token = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> JobPosition.parse(token))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("page_token");
  }
}
