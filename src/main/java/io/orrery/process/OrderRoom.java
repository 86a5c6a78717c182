package io.orrery.process;

import io.orrery.posix.Errno;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The room that orders to start jobs have in the small heap of a runner process, until they are
 * answered; when it is taken, the next one waits for its turn. Thread-safe.
 */
final class OrderRoom {
  /** A word of an order in Java's memory, besides its letters. */
  private static final int WORD = 64;

  /** The most bytes for a char of a word, in the message as in memory. */
  private static final int LETTER = 3;

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int taken;

  private record Waiting(int weight, CompletableFuture<Void> turn) {}

  /**
   * About the bytes that the order takes at the runner; its message is shorter.
   *
   * @throws StartFailure E2BIG for what no runner has room for, and hardly a kernel passes
   */
  static int weigh(Launch launch) throws StartFailure {
    long weight = weigh(launch.argv());
    for (Map.Entry<String, String> variable : launch.environment().entrySet()) {
      weight += weigh(List.of(variable.getKey(), variable.getValue()));
    }
    if (weight > RunnerChannel.LONGEST) {
      throw new StartFailure(
          Errno.E2BIG.number(), "arguments and environment are too long, or too many");
    }
    return (int) weight;
  }

  private static long weigh(List<String> words) {
    long weight = 0;
    for (String word : words) {
      weight += WORD + (long) LETTER * word.length();
    }
    return weight;
  }

  /** Does the work, which ends with the answer: at once, or, if it has to wait, on a new thread. */
  <T> CompletableFuture<T> within(int weight, Supplier<CompletableFuture<T>> work) {
    Waiting order = new Waiting(weight, new CompletableFuture<>());
    enter(order);
    CompletableFuture<T> done =
        order.turn.isDone()
            ? order.turn.thenCompose(_ -> work.get())
            : order.turn.thenComposeAsync(_ -> work.get(), Thread.ofVirtual()::start);
    return done.whenComplete((_, _) -> leave(order));
  }

  private synchronized void enter(Waiting order) {
    waiting.add(order);
    admit();
  }

  private synchronized void leave(Waiting order) {
    taken -= order.weight;
    admit();
  }

  /** In the order of their coming, so that small orders do not keep a big one out for ever. */
  private void admit() {
    for (Waiting next = waiting.peek();
        next != null && taken + next.weight <= RunnerChannel.LONGEST;
        next = waiting.peek()) {
      taken += next.weight;
      waiting.remove();
      next.turn.complete(null);
    }
  }
}
