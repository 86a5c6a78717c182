package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.job.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
  private final WaitingLine line = new WaitingLine();

  private static Requirements needs(String worker) {
    return new Requirements(
        worker, LabelSelector.parse("disk=ssd"), Requirements.Amount.NONE, Set.of());
  }

  private static Waiting job(int priority, long sequence) {
    return new Waiting(JobId.random(), needs("w"), priority, sequence);
  }

  @Test
  void theOldestIsTheFirstThatWasSubmittedOfThoseThatWait() {
    Waiting second = job(9, 20);
    Waiting first = job(1, 10);
    line.add(second);
    line.add(first);
    assertThat(line.oldest()).contains(first);

    line.remove(first.id());
    assertThat(line.oldest()).contains(second);

    line.add(first);
    assertThat(line.oldest()).contains(first);

    line.remove(first.id());
    line.remove(second.id());
    assertThat(line.oldest()).isEmpty();
  }

  @Test
  void aJobThatComesAgainIsThereOnce() {
    Waiting first = job(1, 10);
    Waiting second = job(1, 20);
    line.add(first);
    line.add(second);
    for (int i = 0; i < 5; i++) {
      line.remove(second.id());
      line.add(new Waiting(second.id(), needs("w"), 1, 20));
    }
    line.add(second);

    assertThat(line.size()).isEqualTo(2);
    line.remove(first.id());
    assertThat(line.first()).contains(second);
    line.remove(second.id());
    assertThat(line.first()).isEmpty();
  }

  /** Jobs that were started at workers have their times from there. */
  @Test
  void jobsOfOneTimeThatAskForOtherThingsAreAllInLine() {
    Waiting one = new Waiting(JobId.random(), needs("w"), 1, 10);
    Waiting other = new Waiting(JobId.random(), needs("v"), 1, 10);
    line.add(one);
    line.add(other);

    Waiting first = line.first().orElseThrow();
    assertThat(List.of(first, line.headAfter(first).orElseThrow()))
        .containsExactlyInAnyOrder(one, other);
  }

  /** There may be a million: each must not have an object of its own for what many ask alike. */
  @Test
  void jobsThatAskTheSameShareIt() {
    Waiting one = job(1, 10);
    Waiting two = job(1, 20);
    line.add(one);
    line.add(two);

    assertThat(line.get(one.id()).orElseThrow().needs())
        .isSameAs(line.get(two.id()).orElseThrow().needs());
  }

  @Test
  void whatIsTakenOutBehindAHeadThatStaysIsNotHeldOnTo() {
    List<Waiting> queued = new ArrayList<>();
    LazyQueue<Waiting> queue = new LazyQueue<>(Waiting::compareTo, queued::contains);
    Waiting head = job(1, 1);
    queued.add(head);
    queue.add(head);
    for (int i = 2; i < 5_000; i++) {
      Waiting behind = job(1, i);
      queued.add(behind);
      queue.add(behind);
      queued.remove(behind);
      queue.removed();
    }

    assertThat(queue.size()).isLessThan(1_100);
    assertThat(queue.head()).isEqualTo(head);
  }
}
