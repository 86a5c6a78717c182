package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.v1.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Orders of which it is not known yet what became of them. The worker is asked again, and no other
 * one, until it answers or the job is lost with it. It belongs to the scheduler's one context.
 */
final class OpenOrders {
  /** So many are asked for at one time, as after a start there may be very many. */
  private static final int MOST_UNDER_WAY = 200;

  private static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();
  private static final long LAST_PAUSE = Duration.ofSeconds(30).toNanos();

  private final Registry registry;
  private final JobIndex index;
  private final LongSupplier nanoTime;
  private final Map<JobId, Order> orders = new LinkedHashMap<>();

  /** One order to start one attempt at one worker. */
  static final class Order {
    private final Waiting job;
    private final int attempt;
    private final String workerId;

    /** Whether it may have reached the worker before. */
    private boolean inDoubt;

    private boolean underWay;
    private long next;
    private long pause = FIRST_PAUSE;

    private Order(Waiting job, int attempt, String workerId, boolean inDoubt) {
      this.job = job;
      this.attempt = attempt;
      this.workerId = workerId;
      this.inDoubt = inDoubt;
    }

    Waiting job() {
      return job;
    }

    int attempt() {
      return attempt;
    }

    void goesOut() {
      underWay = true;
    }
  }

  /** Asks again for an order. */
  interface Asking {
    void ask(Node node, Order order);
  }

  OpenOrders(Registry registry, JobIndex index, LongSupplier nanoTime) {
    this.registry = registry;
    this.index = index;
    this.nanoTime = nanoTime;
  }

  /** An order that is about to go out for the first time. */
  Order open(Waiting job, Job starting) {
    Order order = new Order(job, starting.getAttempt(), starting.getWorkerId(), false);
    orders.put(job.id(), order);
    return order;
  }

  /** An order that may have reached its worker. */
  void doubt(Waiting job, Job starting) {
    Order order = new Order(job, starting.getAttempt(), starting.getWorkerId(), true);
    order.next = nanoTime.getAsLong();
    orders.put(job.id(), order);
  }

  /** It was answered, or does not matter any more. */
  void close(Order order) {
    orders.remove(order.job.id(), order);
  }

  /** There was no answer that says whether the worker has the job. */
  void unanswered(Order order) {
    order.underWay = false;
    order.inDoubt = true;
    order.next = nanoTime.getAsLong() + order.pause;
    order.pause = Math.min(LAST_PAUSE, 2 * order.pause);
  }

  /** Whether the job still is where the order sends it, and its worker has not told of it. */
  boolean isWanted(Order order) {
    Optional<JobIndex.Entry> entry = index.get(order.job.id());
    return entry.isPresent()
        && !entry.get().confirmed()
        && !entry.get().state().isTerminal()
        && entry.get().attempt() == order.attempt
        && entry.get().workerId().equals(order.workerId);
  }

  /**
   * Whether the failure says that the worker does not have the job. What was refused before the
   * worker looked for the job says nothing of orders before.
   */
  static boolean isRefusal(Order order, ApiException failure) {
    if (!failure.isDefinite() || !order.inDoubt) {
      return failure.isDefinite();
    }
    return switch (failure.reason()) {
      case DRAINING -> failure.metadata().containsKey("not_started");
      case WORKER_IDENTITY, STARTING, TOO_MANY_STREAMS, ROLE_NOT_ALLOWED, CERT_MISSING -> false;
      case CERT_IDENTITY, NOT_SERVED -> false;
      default -> true;
    };
  }

  /**
   * Whether a worker has refused a job for reasons of its own, so that another may take it, or the
   * same one later. A caller who has named the worker wants to know that something is wrong there.
   */
  static boolean isForLater(ApiException refusal, Waiting job, int attempt) {
    return switch (refusal.reason()) {
      case DRAINING, STARTING, TOO_MANY_STREAMS -> true;
      case STORAGE_FAILED, WORKER_IDENTITY -> job.needs().workerId().isEmpty();
      // Its run of before is still being stopped there.
      case STALE_ATTEMPT -> isBelow(refusal.metadata().get("known_attempt"), attempt);
      default -> false;
    };
  }

  private static boolean isBelow(@Nullable String known, int attempt) {
    return known != null && known.matches("[0-9]{1,9}") && Integer.parseInt(known) < attempt;
  }

  /** Asks again for those that are due; to be called about once a second. */
  void tick(Asking asking) {
    long now = nanoTime.getAsLong();
    long underWay = 0;
    List<Order> due = new ArrayList<>();
    for (Order order : List.copyOf(orders.values())) {
      if (order.underWay) {
        underWay++;
      } else if (!isWanted(order)) {
        close(order);
      } else if (order.next - now <= 0) {
        due.add(order);
      }
    }
    for (Order order : due) {
      // One from before the start of the scheduler is to tell of its jobs first.
      Optional<Node> node = registry.byId(order.workerId).filter(Node::isAnswering);
      if (node.isPresent() && underWay < MOST_UNDER_WAY) {
        underWay++;
        order.underWay = true;
        asking.ask(node.get(), order);
      }
    }
  }
}
