package io.orrery.output;

import io.orrery.job.ApiException;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.job.StandardStream;
import java.util.Map;

/** Why a reader does not go on. */
final class OutputErrors {
  private OutputErrors() {}

  static ApiException pastEnd(StandardStream stream, long offset, long size) {
    return new ApiException(
        Reason.OFFSET_PAST_END,
        "the job has ended and its %s has %d bytes, fewer than the offset %d"
            .formatted(stream.fileName(), size, offset),
        Map.of("offset", Long.toString(offset), "size", Long.toString(size)));
  }

  static ApiException slowReader(long seconds, StreamBytes place) {
    return new ApiException(
        Reason.SLOW_READER,
        "nothing was taken for %d seconds; go on from the offsets %d (stdout) and %d (stderr)"
            .formatted(seconds, place.stdout(), place.stderr()),
        Map.of(
            "seconds", Long.toString(seconds),
            "stdout_offset", Long.toString(place.stdout()),
            "stderr_offset", Long.toString(place.stderr())));
  }

  static ApiException draining(StreamBytes place) {
    return new ApiException(
        Reason.DRAINING,
        "the worker is about to stop; go on later from the offsets %d (stdout) and %d (stderr)"
            .formatted(place.stdout(), place.stderr()),
        Map.of(
            "stdout_offset", Long.toString(place.stdout()),
            "stderr_offset", Long.toString(place.stderr())));
  }

  static ApiException unreadable(JobId job) {
    return new ApiException(
        Reason.STORAGE_FAILED,
        "the output of job " + job + " cannot be read; the worker's log says why",
        Map.of("job_id", job.value()));
  }
}
