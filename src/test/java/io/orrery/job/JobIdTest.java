package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {
  private static final String TEXT = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

  @Test
  void itsTextIsTheOneThatWasReadInSmallLetters() {
    JobId id = new JobId(TEXT.toUpperCase(Locale.ROOT));

    assertThat(id.value()).isEqualTo(TEXT);
    assertThat(id).hasToString(TEXT).isEqualTo(new JobId(TEXT)).hasSameHashCodeAs(new JobId(TEXT));
    assertThat(id).isNotEqualTo(new JobId(TEXT.replace('6', '7')));
  }

  @Test
  void anyIdIsReadFromItsText() {
    Stream.generate(JobId::random)
        .limit(1_000)
        .forEach(id -> assertThat(new JobId(id.value())).isEqualTo(id));
  }

  @Test
  void idsAreInTheOrderOfTheirTexts() {
    List<JobId> ids = Stream.generate(JobId::random).limit(1_000).sorted().toList();

    assertThat(ids.stream().map(JobId::value)).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f81d4fae",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6a",
        "f81d4fae07dec011d00a765000a0c91e6bf6",
        "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6b\u0146\u0136",
        "-81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae 7dec-11d0-a765-00a0c91e6bf6"
      })
  void whatIsNoUuidIsRefused(String text) {
    assertThat(JobId.isWhole(text)).isFalse();
    assertThatThrownBy(() -> new JobId(text))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST));
  }
}
