package io.orrery.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job's main process ended, and which of its processes did not.
 *
 * @param note why it was stopped, for people, where that was told; may be empty
 */
public record JobEnd(Cause cause, List<Integer> survivors, String note) {

  public JobEnd {
    survivors = List.copyOf(survivors);
  }

  public JobEnd(Cause cause, List<Integer> survivors) {
    this(cause, survivors, "");
  }

  public JobEnd(Cause cause) {
    this(cause, List.of());
  }

  /** The same, with why it was stopped. */
  public JobEnd with(String why) {
    return new JobEnd(cause, survivors, why);
  }

  /** What ended it. */
  public sealed interface Cause {}

  /** What the main process told its parent. */
  public sealed interface Status extends Cause {}

  /** It ended with an exit code, 0 to 255. */
  public record Exited(int code) implements Status {}

  /** A signal ended it (signal(7)). */
  public record Signalled(int signal, boolean coreDumped) implements Status {}

  /**
   * The kernel ended it, or a process that it needed, for the job's use of memory.
   *
   * @param status how it ended itself; null where that is not known
   */
  public record OutOfMemory(@Nullable Status status) implements Cause {}

  /** It could not be started; the name of the error as in errno(3), and a sentence. */
  public record StartFailed(String errno, String message) implements Cause {}

  /** A stream reached its limit. */
  public record OutputLimit() implements Cause {}

  /** Nobody saw the end; the sentence says why. */
  public record Unobserved(String message) implements Cause {}
}
