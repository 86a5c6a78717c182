package io.orrery.config;

/**
 * The limit of a job's streams where the job does not say.
 *
 * @param limit bytes; 0 is none
 */
public record OutputOptions(long limit, Policy policy) {
  /** What happens at the limit. */
  public enum Policy {
    /** The job is stopped. */
    STOP,
    /** The oldest bytes are dropped. */
    KEEP_TAIL
  }

  static OutputOptions read(OptionReader reader) {
    return new OutputOptions(
        reader.size("limit", "0B", "1024TiB"), reader.choice("policy", Policy.STOP));
  }
}
