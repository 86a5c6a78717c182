package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.StandardStream;
import io.orrery.output.FollowRequest;
import io.orrery.rpc.Times;
import io.orrery.v1.StreamJobRequest;
import java.util.EnumSet;
import java.util.Set;

/** What a StreamJobRequest asks of the output. */
final class FollowRequests {
  private FollowRequests() {}

  /** Reads the request; throws an {@link ApiException} that names the field that is wrong. */
  static FollowRequest of(StreamJobRequest request) {
    return new FollowRequest(start(request), streams(request), !request.getNoFollow());
  }

  private static FollowRequest.Start start(StreamJobRequest request) {
    return switch (request.getStartCase()) {
      case FROM ->
          new FollowRequest.Start.From(
              new Job.StreamBytes(
                  request.getFrom().getStdoutOffset(), request.getFrom().getStderrOffset()));
      case LAST_LINES -> new FollowRequest.Start.LastLines(request.getLastLines());
      case LAST_BYTES -> new FollowRequest.Start.LastBytes(request.getLastBytes());
      case SINCE -> new FollowRequest.Start.Since(Times.instant(request.getSince()));
      case START_NOT_SET -> FollowRequest.ALL.start();
    };
  }

  private static Set<StandardStream> streams(StreamJobRequest request) {
    return switch (request.getStream()) {
      case OUTPUT_STREAM_UNSPECIFIED -> EnumSet.allOf(StandardStream.class);
      case OUTPUT_STREAM_STDOUT -> EnumSet.of(StandardStream.STDOUT);
      case OUTPUT_STREAM_STDERR -> EnumSet.of(StandardStream.STDERR);
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              "stream", "must be 0 to 2, and is " + request.getStreamValue());
    };
  }
}
