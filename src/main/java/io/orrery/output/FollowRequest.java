package io.orrery.output;

import io.orrery.job.ApiException;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What a reader wants: where to start, which streams, and whether to stay until the job's end. */
public record FollowRequest(Start start, Set<StandardStream> streams, boolean follow) {

  /** All that the job wrote and will write. */
  public static final FollowRequest ALL =
      new FollowRequest(
          new Start.From(StreamBytes.NONE), EnumSet.allOf(StandardStream.class), true);

  /**
   * @throws ApiException with {@link io.orrery.job.Reason#INVALID_REQUEST} when no stream is wanted
   */
  public FollowRequest {
    if (streams.isEmpty()) {
      throw ApiException.invalid("stream", "must name at least one stream");
    }
    streams = Collections.unmodifiableSet(EnumSet.copyOf(streams));
  }

  /** The first byte of each stream that is wanted. */
  public sealed interface Start {
    /** These places; a place where the job is not yet is waited for. */
    record From(StreamBytes offsets) implements Start {
      public From {
        requireNotNegative("from.stdout_offset", offsets.stdout());
        requireNotNegative("from.stderr_offset", offsets.stderr());
      }
    }

    /**
     * The last so many lines of each stream, a last one without a newline too; 0 is what is new.
     */
    record LastLines(long count) implements Start {
      public LastLines {
        requireNotNegative("last_lines", count);
      }
    }

    /** The last so many bytes of each stream; 0 is what is new. */
    record LastBytes(long count) implements Start {
      public LastBytes {
        requireNotNegative("last_bytes", count);
      }
    }

    /** What the worker saw at or after this time. */
    record Since(Instant time) implements Start {}

    private static void requireNotNegative(String field, long value) {
      if (value < 0) {
        throw ApiException.invalid(field, "must not be negative, and is " + value);
      }
    }
  }
}
