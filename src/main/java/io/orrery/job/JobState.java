package io.orrery.job;

import java.time.Instant;
import java.util.List;

/**
 * Where a job is in its life; a state has the data that are valid in it, and no more. A terminal
 * state never changes.
 */
public sealed interface JobState {

  /** The states by name, in the order of a job's life. */
  enum Name {
    QUEUED,
    STARTING,
    RUNNING,
    STOPPING,
    SUCCEEDED,
    FAILED,
    STOPPED,
    TIMED_OUT,
    LOST;

    /** Whether it is an end. */
    public boolean isTerminal() {
      return compareTo(SUCCEEDED) >= 0;
    }
  }

  /** The name of the state. */
  Name name();

  /** Whether it is an end. */
  default boolean isTerminal() {
    return name().isTerminal();
  }

  /** Accepted, without a worker. */
  record Queued() implements JobState {
    @Override
    public Name name() {
      return Name.QUEUED;
    }
  }

  /** On a worker, about to be started. */
  record Starting() implements JobState {
    @Override
    public Name name() {
      return Name.STARTING;
    }

    public Running started(int pid, Instant startTime) {
      return new Running(new ProcessStart(pid, startTime));
    }
  }

  /** The main process of a job: its number and when it was started. */
  record ProcessStart(int pid, Instant startTime) {}

  /** Its process runs. */
  record Running(ProcessStart start) implements JobState {
    @Override
    public Name name() {
      return Name.RUNNING;
    }

    public Stopping stopping() {
      return new Stopping(start, List.of());
    }
  }

  /** Somebody stopped it, or it cannot be ended: processes of it that SIGKILL does not end. */
  record Stopping(ProcessStart start, List<Integer> survivors) implements JobState {
    public Stopping {
      survivors = List.copyOf(survivors);
    }

    @Override
    public Name name() {
      return Name.STOPPING;
    }
  }

  /** It is over. */
  record Ended(Name name, JobEnd end, Completion completion) implements JobState {
    public Ended {
      if (!name.isTerminal()) {
        throw new IllegalArgumentException(name + " is not the name of an end");
      }
    }
  }
}
