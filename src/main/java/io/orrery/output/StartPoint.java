package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.time.Instant;

/** Finds the places where a reader begins. Blocks. */
final class StartPoint {
  private final OutputFiles files;
  private final Timeline timeline;

  StartPoint(OutputFiles files, Timeline timeline) {
    this.files = files;
    this.timeline = timeline;
  }

  /** The place in each stream, for streams that have these sizes now. */
  StreamBytes of(FollowRequest.Start start, StreamBytes sizes) throws IOException {
    return switch (start) {
      case FollowRequest.Start.From(StreamBytes offsets) -> offsets;
      case FollowRequest.Start.LastBytes(long count) ->
          new StreamBytes(Math.max(0, sizes.stdout() - count), Math.max(0, sizes.stderr() - count));
      case FollowRequest.Start.LastLines(long count) -> {
        LastLines lines = new LastLines(files, count);
        yield new StreamBytes(
            lines.start(StandardStream.STDOUT, sizes.stdout()),
            lines.start(StandardStream.STDERR, sizes.stderr()));
      }
      case FollowRequest.Start.Since(Instant time) -> since(time, sizes);
    };
  }

  private StreamBytes since(Instant time, StreamBytes sizes) throws IOException {
    if (files.starts().removed()) {
      return StreamBytes.NONE;
    }
    long index = timeline.firstSince(time);
    StreamBytes before = index == 0 ? StreamBytes.NONE : timeline.get(index - 1).sizes();
    if (index < timeline.count()) {
      return before;
    }
    // No record is as young: what came after the last one may be.
    StreamBytes place = before;
    for (StandardStream stream : StandardStream.values()) {
      if (files.lastModified(stream).isBefore(time)) {
        place = place.with(stream, Math.max(place.of(stream), sizes.of(stream)));
      }
    }
    return place;
  }
}
