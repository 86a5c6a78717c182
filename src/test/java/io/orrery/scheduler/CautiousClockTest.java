package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CautiousClockTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration AGE = Duration.ofDays(3);

  private Instant wall = START;
  private long nanos = Long.MAX_VALUE - 1; // it may run over
  private final CautiousClock clock = new CautiousClock(() -> wall, () -> nanos, AGE);

  /** As often as it is asked by a scheduler, or nearly so. */
  private void pass(Duration time) {
    Duration step = Duration.ofHours(1);
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
      wall = wall.plus(step);
      nanos += step.toNanos();
      clock.instant();
    }
  }

  @Test
  void goesAsTheWallClockDoes() {
    pass(AGE.multipliedBy(4));

    assertThat(clock.instant()).isEqualTo(wall);
  }

  @Test
  void isSetForwardOnlyWhenWhatWasThereIsOldEnough() {
    pass(Duration.ofHours(10));
    Instant before = wall;
    wall = wall.plus(Duration.ofDays(400));
    assertThat(clock.instant()).isEqualTo(before);

    pass(AGE.minusHours(1));
    assertThat(clock.instant()).isEqualTo(before.plus(AGE).minus(Duration.ofHours(1)));

    pass(Duration.ofHours(2));
    assertThat(clock.instant()).isEqualTo(wall);
  }

  @Test
  void isSetBackAtOnceAndStaysThereUntilThen() {
    wall = wall.minus(Duration.ofDays(400));
    assertThat(clock.instant()).isEqualTo(wall);
    pass(Duration.ofHours(5));
    wall = wall.plus(Duration.ofDays(400));

    assertThat(clock.instant()).isEqualTo(wall.minus(Duration.ofDays(400)));
    pass(AGE);
    pass(Duration.ofHours(1));
    assertThat(clock.instant()).isEqualTo(wall);
  }

  @Test
  void aStepForwardThatIsTakenBackLeavesNothing() {
    wall = wall.plus(Duration.ofDays(1));
    pass(Duration.ofHours(5));
    wall = wall.minus(Duration.ofDays(1));

    assertThat(clock.instant()).isEqualTo(wall);
    pass(AGE.multipliedBy(2));
    assertThat(clock.instant()).isEqualTo(wall);
  }
}
