package io.orrery.scheduler;

import io.orrery.job.JobSpec;
import io.orrery.job.LabelSelector;
import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import io.orrery.rpc.SpecMapping;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a job asks of the worker that it runs on. Jobs that ask the same have equal requirements,
 * and so wait in one line.
 *
 * @param workerId the one worker that it may run on, or ""
 * @param limits what the worker must be able to enforce, as {@link LimitKind#shortName}
 */
record Requirements(String workerId, LabelSelector selector, Amount amount, Set<String> limits) {

  private static final Requirements NOTHING =
      new Requirements("", LabelSelector.parse(""), Amount.NONE, Set.of());

  /** Processors and bytes of memory that a job takes for itself, beside one slot. */
  record Amount(double cpus, long memoryBytes) {
    static final Amount NONE = new Amount(0, 0);
  }

  Requirements {
    limits = Set.copyOf(limits);
  }

  static Requirements of(JobSpec spec) {
    Limits asked = spec.limits();
    return new Requirements(
        spec.placement().workerId(),
        LabelSelector.parse(spec.placement().selector()),
        new Amount(asked.cpus(), asked.memoryBytes()),
        names(LimitKind.asked(spec)));
  }

  /** The same of a message; most jobs ask for nothing, and a million are read at a start. */
  static Requirements of(io.orrery.v1.JobSpec spec) {
    boolean nothing =
        spec.getWorkerId().isEmpty()
            && spec.getSelector().isEmpty()
            && !spec.hasLimits()
            && spec.getRunAs().isEmpty();
    return nothing ? NOTHING : of(SpecMapping.fromProto(spec));
  }

  private static Set<String> names(Set<LimitKind> kinds) {
    return kinds.isEmpty()
        ? Set.of()
        : kinds.stream().map(LimitKind::shortName).collect(Collectors.toUnmodifiableSet());
  }
}
