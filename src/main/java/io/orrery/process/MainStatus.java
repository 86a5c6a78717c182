package io.orrery.process;

import io.orrery.job.ResourceUse;
import io.orrery.posix.ChildStatus;
import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import io.orrery.posix.Waiting;
import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What waiting for a main process brought: its status, and the end of its pid. */
record MainStatus(ChildStatus status, boolean known, long runnerPeak) {
  private static final System.Logger LOG = System.getLogger(MainStatus.class.getName());

  /** Nobody asks what a shorter job waited for. */
  private static final Duration PRESSURE_FROM = Duration.ofSeconds(1);

  private static final ChildStatus UNKNOWN = new ChildStatus(0, Duration.ZERO, Duration.ZERO, 0);

  /** Does not block; empty if the process cannot be waited for yet, as when it is traced. */
  static Optional<MainStatus> take(Child child) {
    if (!child.parentage().ours()) {
      return Optional.of(new MainStatus(UNKNOWN, false, 0));
    }
    try {
      return Waiting.wait4(child.pid(), Waiting.WNOHANG)
          .map(status -> new MainStatus(status, true, child.parentage().runnerPeak()));
    } catch (PosixException e) {
      if (!e.is(Errno.ECHILD)) {
        throw new IllegalStateException(e);
      }
      LOG.log(Level.ERROR, "the status of process {0} was taken by somebody else", child.pid());
      return Optional.of(new MainStatus(UNKNOWN, false, 0));
    }
  }

  /** Read from the job's group as well, while that is there. */
  Exit exit(Child child, Instant endTime, Ending ending, List<Integer> survivors) {
    long peak = status.maxRss() > runnerPeak ? status.maxRss() : 0;
    ResourceUse main = new ResourceUse(status.userTime(), status.systemTime(), peak, null);
    GroupUse group = new GroupUse(child.group());
    boolean longEnough = child.start().age().compareTo(PRESSURE_FROM) > 0;
    return new Exit(cause(ending, group), endTime, group.over(main, longEnough), ending, survivors);
  }

  private Cause cause(Ending ending, GroupUse group) {
    if (!known) {
      return new Cause.Unobserved();
    }
    Cause.Status own =
        status.exited()
            ? new Cause.Exited(status.exitCode())
            : new Cause.Signalled(status.signal(), status.coreDumped());
    boolean failed = !status.exited() || status.exitCode() != 0;
    return failed && ending == Ending.BY_ITSELF && group.wasOutOfMemory()
        ? new Cause.OutOfMemory(own)
        : own;
  }
}
