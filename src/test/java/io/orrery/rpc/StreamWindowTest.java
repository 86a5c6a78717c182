package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamWindowTest {
  private static final int FIRST = StreamWindow.FIRST_BYTES;

  private final AtomicInteger spare = new AtomicInteger(StreamWindow.SPARE_BYTES);
  private final List<Integer> widened = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1; // such a clock may wrap (System.nanoTime)
  private final StreamWindow window = window();

  private StreamWindow window() {
    return new StreamWindow(spare, widened::add, () -> now);
  }

  private int widenedBy() {
    return widened.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void growsToItsMostForOneThatTakesQuickly() {
    for (int taken = 0; taken < 64 << 20; taken += 16 << 10) {
      window.take(16 << 10);
      now += 100_000;
    }

    assertThat(widened).startsWith(FIRST, 2 * FIRST);
    assertThat(FIRST + widenedBy()).isEqualTo(StreamWindow.MOST_BYTES);
  }

  @Test
  void staysForOneThatTakesSlowly() {
    for (int i = 0; i < 100; i++) {
      window.take(FIRST);
      now += 600_000_000;
    }
    widened.removeFirst(); // the first was there at once

    assertThat(widened).isEmpty();
  }

  @Test
  void staysUntilAWholeWindowWasTaken() {
    window.take(FIRST - 1);
    assertThat(widened).isEmpty();

    window.take(1);

    assertThat(widened).containsExactly(FIRST);
  }

  @Test
  void allTogetherGrowNoFurtherThanTheConnectionAllows() {
    List<StreamWindow> windows = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      windows.add(window());
    }

    for (int round = 0; round < 100; round++) {
      windows.forEach(each -> each.take(StreamWindow.MOST_BYTES));
    }

    assertThat(widenedBy()).isLessThanOrEqualTo(StreamWindow.SPARE_BYTES);
    assertThat(spare.get()).isNotNegative().isLessThan(FIRST);
  }

  @Test
  void whatAnEndedOneHadIsSpareAgain() {
    window.take(FIRST);
    window.take(2 * FIRST);

    window.close();
    window.close();
    window.take(2 * FIRST); // what was being taken when its reader left

    assertThat(spare).hasValue(StreamWindow.SPARE_BYTES);
  }
}
