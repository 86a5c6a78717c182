package io.orrery.output;

import io.orrery.bus.OutputEvent;
import io.orrery.bus.Subscription;
import io.orrery.job.Job.StreamBytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whether a reader sits at the live edge, and its way there and back. For its context. */
final class Membership {
  private final OutputTails tails;
  private final JobOutput output;
  private @Nullable Live live;

  private record Live(Subscription subscription, Seat seat) {}

  Membership(OutputTails tails, JobOutput output) {
    this.tails = tails;
    this.output = output;
  }

  boolean isAbsent() {
    return live == null;
  }

  /** Listens first and asks for the edge then, so that nothing is missed in between. */
  void join(Consumer<OutputEvent> heard, Consumer<Seat.Edge> told) {
    Seat seat = new Seat(told);
    live = new Live(tails.bus().follow(output.job(), heard), seat);
    tails.join(output, seat);
  }

  /** The bytes up to here are off the bus. */
  void take(StreamBytes upTo) {
    if (live != null) {
      live.seat().take(upTo);
    }
  }

  /** Asks again where the edge is. */
  void ask() {
    if (live != null) {
      tails.ask(output, live.seat());
    }
  }

  void leave() {
    if (live != null) {
      live.subscription().cancel();
      tails.leave(output.job(), live.seat());
      live = null;
    }
  }
}
