package io.orrery.scheduler;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue of which anything can be taken out at once: what does not count any more is
 * passed over when it comes to the head, or thrown out when it is most of the queue. It takes a
 * reference for each of its elements. It belongs to one context.
 */
final class LazyQueue<T> {
  private static final int SPARE = 1_000;

  private final PriorityQueue<T> queue;
  private final Predicate<T> counts;
  private int live;

  /**
   * An empty queue.
   *
   * @param counts whether an element is still in the queue; once false, it stays so
   */
  LazyQueue(Comparator<? super T> order, Predicate<T> counts) {
    this.queue = new PriorityQueue<>(order);
    this.counts = counts;
  }

  void add(T element) {
    queue.add(element);
    live++;
  }

  /** One of the elements does not count any more. */
  void removed() {
    live--;
    if (queue.size() > 2 * live + SPARE) {
      queue.removeIf(counts.negate());
    }
  }

  /** The first of those that count. */
  @Nullable T head() {
    T first = queue.peek();
    while (first != null && !counts.test(first)) {
      queue.remove();
      first = queue.peek();
    }
    return first;
  }

  /** How many elements it holds on to. */
  int size() {
    return queue.size();
  }
}
