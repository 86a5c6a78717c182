package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Cuts what lies between two places into pieces, in the order in which the worker saw it. */
final class PiecePlanner {
  private static final int ENOUGH_PIECES = 256;

  private final Timeline timeline;
  private final OutputFiles files;
  private final Set<StandardStream> wanted;

  PiecePlanner(Timeline timeline, OutputFiles files, Set<StandardStream> wanted) {
    this.timeline = timeline;
    this.files = files;
    this.wanted = wanted;
  }

  /**
   * The next pieces of the wanted streams; none when the end is reached. The plan ends with the
   * piece that makes it {@code enough} bytes or more.
   */
  List<Piece> plan(StreamBytes from, StreamBytes to, int enough) throws IOException {
    Plan plan = new Plan(from, enough);
    long count = timeline.count();
    while (plan.hasRoom()) {
      long index = timeline.firstBeyond(plan.at, wanted);
      if (index >= count) {
        addUnrecorded(plan, to);
        break;
      }
      TimelineRecord record = timeline.get(index);
      boolean grew = false;
      for (StandardStream stream : wanted) {
        long end = Math.min(record.sizes().of(stream), to.of(stream));
        grew |= plan.add(stream, end, record.time());
      }
      if (!grew) {
        // The timeline knows of bytes beyond the end: what is left to read is not in its order.
        addUnrecorded(plan, to);
        break;
      }
    }
    return plan.pieces;
  }

  /** What no record tells of was seen when the file was last written to, or not long after. */
  private void addUnrecorded(Plan plan, StreamBytes to) throws IOException {
    for (StandardStream stream : wanted) {
      if (plan.at.of(stream) < to.of(stream)) {
        plan.add(stream, to.of(stream), files.lastModified(stream));
      }
    }
  }

  private static final class Plan {
    private final List<Piece> pieces = new ArrayList<>();
    private final int enough;
    private StreamBytes at;
    private long bytes;

    Plan(StreamBytes at, int enough) {
      this.at = at;
      this.enough = enough;
    }

    boolean hasRoom() {
      return bytes < enough && pieces.size() < ENOUGH_PIECES;
    }

    /** Adds a stream up to an end, as far as there is room; says whether there was anything. */
    boolean add(StandardStream stream, long end, Instant time) {
      long start = at.of(stream);
      while (hasRoom() && at.of(stream) < end) {
        long from = at.of(stream);
        long to = Math.min(end, Piece.boundaryAfter(from));
        append(new Piece(stream, from, to, time));
        at = at.with(stream, to);
        bytes += to - from;
      }
      return start < end;
    }

    private void append(Piece piece) {
      if (!pieces.isEmpty() && pieces.getLast().mergesWith(piece)) {
        pieces.add(pieces.removeLast().merged(piece));
      } else {
        pieces.add(piece);
      }
    }
  }
}
