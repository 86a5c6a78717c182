package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.OutputGap;
import io.orrery.v1.StreamJobResponse;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes as the job wrote them, and in the trailers how it ended. A gap breaks the stream off,
 * unless the reader wants it passed over in silence.
 */
record RawOutput(boolean skipGaps) implements OutputFormat {
  static final String TYPE = "application/octet-stream";
  private static final byte[] NOTHING = {};

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public byte[] bytes(StreamJobResponse event) {
    if (event.hasGap() && !skipGaps) {
      throw missing(event.getGap());
    }
    return event.hasChunk() ? event.getChunk().getData().toByteArray() : NOTHING;
  }

  private static ApiException missing(OutputGap gap) {
    String stream = gap.getStream().name().replace("OUTPUT_STREAM_", "").toLowerCase(Locale.ROOT);
    return new ApiException(
        Reason.OUTPUT_MISSING,
        "the bytes "
            + gap.getFromOffset()
            + " to "
            + gap.getToOffset()
            + " of "
            + stream
            + " are gone; ask with offset="
            + gap.getToOffset()
            + ", or with skip_gaps=true",
        Map.of(
            "stream",
            stream,
            "from_offset",
            Long.toString(gap.getFromOffset()),
            "to_offset",
            Long.toString(gap.getToOffset()),
            "gap_reason",
            gap.getReason().name()));
  }

  /** A gap at the beginning is then an error with a code and a text. */
  @Override
  public boolean mayWait(StreamJobResponse event) {
    return event.hasJob();
  }

  @Override
  public byte[] failure(ApiException failure) {
    return NOTHING;
  }

  @Override
  public String trailers() {
    return "orrery-job-state, orrery-exit-code, orrery-signal";
  }

  @Override
  public Map<String, String> trailers(Job job) {
    Map<String, String> trailers = new TreeMap<>();
    trailers.put("orrery-job-state", job.getState().name());
    if (job.getEnd().hasExitCode()) {
      trailers.put("orrery-exit-code", Integer.toString(job.getEnd().getExitCode()));
    }
    if (job.getEnd().hasSignal()) {
      trailers.put("orrery-signal", Integer.toString(job.getEnd().getSignal()));
    }
    return trailers;
  }
}
