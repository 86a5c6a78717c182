package io.orrery.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TailLoopTest {
  private static final Duration PACE = Duration.ofMillis(50);
  private static final int LOOKS = 5;

  private final List<Long> times = new ArrayList<>();
  private final CompletableFuture<List<Long>> done = new CompletableFuture<>();

  /** Or a job that prints and that nobody follows costs more wake-ups than it is said to. */
  @Test
  void whatIsDueAloneIsNotDoneBeforeItsTime() throws Exception {
    TailLoop loop = new TailLoop();
    loop.start();
    try (loop) {
      loop.execute(() -> look(loop));

      List<Long> looks = done.get(20, TimeUnit.SECONDS);
      for (int i = 1; i < looks.size(); i++) {
        assertThat(Duration.ofNanos(looks.get(i) - looks.get(i - 1))).isGreaterThanOrEqualTo(PACE);
      }
    }
  }

  private void look(TailLoop loop) {
    times.add(System.nanoTime());
    if (times.size() > LOOKS) {
      done.complete(List.copyOf(times));
    } else {
      loop.after(PACE, () -> look(loop));
    }
  }
}
