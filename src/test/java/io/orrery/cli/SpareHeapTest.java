package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpareHeapTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long cpu;
  private long time;
  private long heapMebibytes = 32;
  private long leftMebibytes = 20;
  private int collections;

  private final SpareHeap heap =
      new SpareHeap(
          new SpareHeap.Readings(
              () -> cpu,
              () -> time,
              () -> heapMebibytes << 20,
              () -> {
                collections++;
                heapMebibytes = leftMebibytes;
              }));

  private int collectionsAfter(double load) {
    time += 2 * SECOND;
    cpu += (long) (2 * SECOND * load);
    heap.look();
    return collections;
  }

  @Test
  void whatTheStartNeededGoesBackOnceTheServerIsQuiet() {
    assertThat(collectionsAfter(0.9)).isZero();
    assertThat(collectionsAfter(0.3)).isZero();
    assertThat(collectionsAfter(0.1)).isEqualTo(1);
  }

  @Test
  void anIdleServerIsNotStoppedAgainAndAgain() {
    for (int i = 0; i < 10; i++) {
      collectionsAfter(0);
    }

    assertThat(collections).isEqualTo(1);
  }

  @Test
  void aHeapThatHasGrownGoesBackAgain() {
    collectionsAfter(0);

    heapMebibytes = leftMebibytes + 7;
    assertThat(collectionsAfter(0)).as("too little to be worth it").isEqualTo(1);
    heapMebibytes = leftMebibytes + 8;
    assertThat(collectionsAfter(0)).isEqualTo(2);
  }

  @Test
  void aLargeHeapMustHaveGrownByAQuarter() {
    heapMebibytes = 900;
    leftMebibytes = 400;
    collectionsAfter(0);

    heapMebibytes = 499;
    assertThat(collectionsAfter(0)).isEqualTo(1);
    heapMebibytes = 500;
    assertThat(collectionsAfter(0)).isEqualTo(2);
  }
}
