package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which byte of each stream a reader needs next. As an id it is {@code STDOUT-STDERR}, two offsets.
 */
final class ReaderPlace {
  /** The id of an end after which nothing comes. */
  static final String END = "end";

  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");
  private static final long UNKNOWN = -1;

  private long stdout;
  private long stderr;

  private ReaderPlace(long stdout, long stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Where a request begins; one by lines, bytes or time is known with what comes first. */
  static ReaderPlace of(StreamJobRequest request) {
    return switch (request.getStartCase()) {
      case FROM, START_NOT_SET ->
          new ReaderPlace(request.getFrom().getStdoutOffset(), request.getFrom().getStderrOffset());
      case LAST_LINES, LAST_BYTES, SINCE ->
          new ReaderPlace(
              request.getStream() == OutputStream.OUTPUT_STREAM_STDERR ? 0 : UNKNOWN,
              request.getStream() == OutputStream.OUTPUT_STREAM_STDOUT ? 0 : UNKNOWN);
    };
  }

  /**
   * The request of a reader that goes on after the event with this id.
   *
   * @throws ApiException INVALID_REQUEST
   */
  static StreamJobRequest resume(StreamJobRequest request, String id) {
    Matcher matcher = FORM.matcher(id);
    if (!matcher.matches()) {
      throw ApiException.invalid("Last-Event-ID", "is not an id of these events");
    }
    StreamPosition from =
        StreamPosition.newBuilder()
            .setStdoutOffset(Long.parseLong(matcher.group(1)))
            .setStderrOffset(Long.parseLong(matcher.group(2)))
            .build();
    return request.toBuilder().setFrom(from).build();
  }

  void pass(OutputChunk chunk) {
    reach(chunk.getStream(), chunk.getOffset() + chunk.getData().size());
  }

  void pass(OutputGap gap) {
    reach(gap.getStream(), gap.getToOffset());
  }

  private void reach(OutputStream stream, long offset) {
    if (stream == OutputStream.OUTPUT_STREAM_STDERR) {
      stderr = offset;
    } else {
      stdout = offset;
    }
  }

  /** Empty while it is not known of both streams. */
  String id() {
    return stdout == UNKNOWN || stderr == UNKNOWN ? "" : stdout + "-" + stderr;
  }
}
