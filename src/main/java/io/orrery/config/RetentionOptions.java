package io.orrery.config;

import java.time.Duration;

/**
 * What a worker keeps of jobs that have ended: the output of each for a time, of so many of them,
 * and so many bytes in all; their records, so many and for how long.
 */
public record RetentionOptions(Duration age, int jobs, long bytes, int records, Duration history) {

  static RetentionOptions read(OptionReader reader) {
    return new RetentionOptions(
        reader.duration("age", "7d", "0s", "3650d"),
        reader.integer("jobs", 10_000, 0, 1_000_000),
        reader.size("bytes", "100GiB", "1024TiB"),
        reader.integer("records", 20_000, 1, 1_000_000),
        reader.duration("history", "30d", "0s", "3650d"));
  }
}
