package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import org.junit.jupiter.api.Test;

final class StreamQuotaTest {
  private static final Identity ANNA = new Identity(Role.OPERATOR, "anna");
  private static final Identity OTTO = new Identity(Role.OPERATOR, "otto");

  private final StreamQuota quota = new StreamQuota(2);

  @Test
  void oneMoreThanTheMostIsRefusedAndTheRefusalSaysHowManyThereMayBe() {
    quota.enter(ANNA);
    quota.enter(ANNA);

    assertThatThrownBy(() -> quota.enter(ANNA))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_STREAMS);
              assertThat(refusal.metadata()).containsEntry("limit", "2");
              assertThat(refusal).hasMessageContaining("2 streams");
            });
  }

  @Test
  void oneCallersStreamsAreNotAnothers() {
    quota.enter(ANNA);
    quota.enter(ANNA);

    assertThatCode(() -> quota.enter(OTTO)).doesNotThrowAnyException();
  }

  @Test
  void aStreamThatEndsMakesRoomForOne() {
    quota.enter(ANNA);
    quota.enter(ANNA);
    quota.leave(ANNA);
    quota.enter(ANNA);

    assertThatThrownBy(() -> quota.enter(ANNA)).isInstanceOf(ApiException.class);
  }
}
