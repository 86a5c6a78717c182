package io.orrery.process;

import io.orrery.job.ResourceUse;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job's main process ended, and what is known of its tree.
 *
 * @param endTime when the main process was seen to have ended
 * @param used of the whole tree where the job had a cgroup; else of the main process and of the
 *     descendants that it waited for, and then the peak of memory is the largest resident set of
 *     one of these, 0 for a job that stayed smaller than the runner itself (see {@link
 *     io.orrery.posix.Waiting#getrusage()})
 * @param survivors pids of the tree that SIGKILL did not end in time; empty if the tree is proved
 *     to be gone
 * @param lost the error with which the disk refused the last bytes of the job's terminal, as in
 *     errno(3), so that they are missing; "" where it refused none
 */
public record Exit(
    Cause cause,
    Instant endTime,
    ResourceUse used,
    Ending ending,
    List<Integer> survivors,
    String lost) {

  public Exit {
    survivors = List.copyOf(survivors);
  }

  /** One without a loss. */
  public Exit(
      Cause cause, Instant endTime, ResourceUse used, Ending ending, List<Integer> survivors) {
    this(cause, endTime, used, ending, survivors, "");
  }

  Exit withLoss(String errno) {
    return new Exit(cause, endTime, used, ending, survivors, errno);
  }

  /** What the kernel says of the main process. */
  public sealed interface Cause {

    /** What wait(2) says. */
    sealed interface Status extends Cause {}

    /** It called exit. {@code code} is 0 to 255. */
    record Exited(int code) implements Status {}

    /** A signal ended it. */
    record Signalled(int signal, boolean coreDumped) implements Status {}

    /**
     * The kernel ended it, or a process that it needed, since the job used more memory than it may.
     *
     * @param status how it ended itself; null in records of runners that did not keep it
     */
    record OutOfMemory(@Nullable Status status) implements Cause {}

    /** It has ended, and nobody was told how: its parent, a runner before this one, had died. */
    record Unobserved() implements Cause {}
  }

  /** What the runner had done to the job before its main process ended. */
  public enum Ending {
    BY_ITSELF,
    STOPPED,
    TIMED_OUT
  }
}
