package io.orrery.worker;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether this worker takes new jobs, and if not, why. It belongs to the worker's context. */
final class Fitness {
  private final Map<Trouble, String> troubles = new EnumMap<>(Trouble.class);
  private final List<Runnable> listeners = new ArrayList<>();

  /** What keeps a worker from taking jobs. */
  enum Trouble {
    /** It is about to stop. */
    STOPPING,
    /** Processes of jobs that SIGKILL does not end. */
    UNKILLABLE,
    /** The same of jobs that are over, as nobody saw their ends. */
    LEFT_BEHIND,
    /** What runs the jobs is gone, and cannot be started again. */
    RUNNER,
    /** There is too little room on its disk. */
    DISK,
    /** An operator drains it: the scheduler wants this, and the worker does not suffer from it. */
    DRAINED
  }

  /** Calls this after each change. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** From now on no job is taken, for this reason, until it is {@link #over}. */
  void suffer(Trouble trouble, String why) {
    if (!why.equals(troubles.put(trouble, why))) {
      listeners.forEach(Runnable::run);
    }
  }

  /** As {@link #suffer} where there is a reason, as {@link #over} with none. */
  void because(Trouble trouble, String why) {
    if (why.isEmpty()) {
      over(trouble);
    } else {
      suffer(trouble, why);
    }
  }

  void over(Trouble trouble) {
    if (troubles.remove(trouble) != null) {
      listeners.forEach(Runnable::run);
    }
  }

  /** The reasons, for people; empty when jobs are taken. */
  String reason() {
    return String.join("; ", troubles.values());
  }

  /** The reasons that the worker has itself, for people; empty where there are none. */
  String ownReason() {
    return troubles.entrySet().stream()
        .filter(trouble -> trouble.getKey() != Trouble.DRAINED)
        .map(Map.Entry::getValue)
        .collect(Collectors.joining("; "));
  }
}
