package io.orrery.job;

import java.util.List;

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

  /** It ended with an exit code, 0 to 255. */
  public record Exited(int code) implements Cause {}

  /** A signal ended it (signal(7)). */
  public record Signalled(int signal, boolean coreDumped) implements Cause {}

  /** The kernel ended it for its use of memory. */
  public record OutOfMemory() implements Cause {}

  /** It could not be started; the name of the error as in errno(3), and a sentence. */
  public record StartFailed(String errno, String message) implements Cause {}

  /** A stream reached its limit. */
  public record OutputLimit() implements Cause {}

  /** Nobody saw the end; the sentence says why. */
  public record Unobserved(String message) implements Cause {}
}
