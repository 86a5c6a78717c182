package io.orrery.scheduler;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler has to judge a worker by, from which its state follows. Pure.
 *
 * @param addressTrouble why it is not known to answer at its address; empty when it does
 * @param unfit what keeps the worker itself from taking jobs; empty when nothing does
 */
record Facts(Contact contact, String addressTrouble, String unfit, @Nullable Drain drain) {

  /** What was heard of the worker itself. */
  sealed interface Contact {}

  /** It was known before this scheduler was started, which has not heard of it yet. */
  record Expected() implements Contact {}

  /** It was heard of within its lease. */
  record Heard() implements Contact {}

  /** It was not. */
  record Silent(String why) implements Contact {}

  /** It left in order. */
  record Left(String why) implements Contact {}

  /** The state that follows, and why. */
  record Judgement(Node.State state, String reason) {}

  Facts with(Contact next) {
    return new Facts(next, addressTrouble, unfit, drain);
  }

  Facts withAddressTrouble(String trouble) {
    return new Facts(contact, trouble, unfit, drain);
  }

  Facts withUnfit(String reason) {
    return new Facts(contact, addressTrouble, reason, drain);
  }

  Facts with(@Nullable Drain next) {
    return new Facts(contact, addressTrouble, unfit, next);
  }

  Judgement judge() {
    return switch (contact) {
      case Left(String why) -> new Judgement(Node.State.OFFLINE, why);
      case Silent(String why) -> new Judgement(Node.State.UNREACHABLE, why);
      case Heard() -> ofLiving("");
      case Expected() -> ofLiving("not heard of since the scheduler was started");
    };
  }

  private Judgement ofLiving(String remark) {
    if (!addressTrouble.isEmpty()) {
      return new Judgement(Node.State.UNREACHABLE, addressTrouble);
    }
    String reasons =
        Stream.of(drain == null ? "" : drain.text(), unfit)
            .filter(reason -> !reason.isEmpty())
            .collect(Collectors.joining("; "));
    return reasons.isEmpty()
        ? new Judgement(Node.State.ONLINE, remark)
        : new Judgement(Node.State.DRAINING, reasons);
  }
}
