package io.orrery.output;

import io.netty.buffer.Unpooled;
import io.orrery.bus.OutputChunk;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job's output read from its files from any place on, in the order in which the worker saw it.
 * Blocks; for one thread at a time. Holds no file open after {@link #close}, which may be called
 * more than once.
 */
final class OutputHistory implements AutoCloseable {
  private final JobId job;
  private final OutputFiles files;
  private final Timeline timeline;
  private final PiecePlanner planner;
  private final Set<StandardStream> wanted;
  private final ChunkCache cache;

  OutputHistory(JobOutput output, Set<StandardStream> wanted, ChunkCache cache) {
    this.job = output.job();
    this.files = new OutputFiles(output.directory());
    this.timeline = new Timeline(files.timeline());
    this.planner = new PiecePlanner(timeline, files, wanted);
    this.wanted = wanted;
    this.cache = cache;
  }

  /** What was read, how far that reaches, and how large the streams are as far as is known. */
  record Batch(List<Passage> passages, StreamBytes end, StreamBytes sizes) {}

  /** Where a reader begins, and how large the streams are at that moment. */
  record Beginning(StreamBytes offsets, StreamBytes sizes) {}

  Beginning begin(FollowRequest.Start start) throws IOException {
    files.refresh();
    StreamBytes sizes = knownSizes();
    return new Beginning(new StartPoint(files, timeline).of(start, files.sizes()), sizes);
  }

  /**
   * What to read: from where, up to {@code end} where one is given, else up to where the files end
   * or to {@code known}, if more was seen than there is now; and after how many bytes to pause.
   */
  record Wish(StreamBytes from, StreamBytes known, @Nullable StreamBytes end, int enough) {}

  /**
   * Reads on. Bytes that should be there and are not make a gap. A file that has fewer bytes than
   * were seen was cut short: what it holds belongs after these, once the tail has said so.
   */
  Batch next(Wish wish) throws IOException {
    StreamBytes end = wish.end();
    files.refresh();
    StreamBytes sizes = end == null ? knownSizes().max(wish.known()) : end;
    StreamBytes actual = actualSizes(sizes);
    List<Passage> passages = new ArrayList<>();
    StreamBytes at = wish.from();
    StreamBytes readable = actual;
    for (StandardStream stream : wanted) {
      long size = sizes.of(stream);
      FileStarts starts = files.starts();
      long first = actual.of(stream) < size ? size : Math.min(starts.firsts().of(stream), size);
      if (at.of(stream) < first) {
        starts
            .gaps(stream, at.of(stream), first)
            .forEach(gap -> passages.add(new Passage.Missing(gap)));
        at = at.with(stream, first);
      }
      readable = readable.with(stream, Math.min(actual.of(stream), size));
    }
    read(planner.plan(at, readable, wish.enough()), passages);
    for (Passage passage : passages) {
      at = at.with(passage.stream(), passage.end());
    }
    return new Batch(passages, at, sizes);
  }

  /**
   * Taken after what was seen, so that growth in between is not a cut; a cut is looked at twice.
   */
  private StreamBytes actualSizes(StreamBytes seen) throws IOException {
    StreamBytes actual = files.sizes();
    if (actual.max(seen).equals(actual)) {
      return actual;
    }
    files.refresh();
    return files.sizes();
  }

  @Override
  public void close() throws IOException {
    try {
      files.close();
    } finally {
      timeline.close();
    }
  }

  /** A file that was cut short had the bytes that the timeline tells of. */
  private StreamBytes knownSizes() throws IOException {
    StreamBytes recorded = timeline.last().map(TimelineRecord::sizes).orElse(StreamBytes.NONE);
    return files.sizes().max(recorded);
  }

  private void read(List<Piece> pieces, List<Passage> passages) throws IOException {
    Map<StandardStream, Stretch> stretches = new EnumMap<>(StandardStream.class);
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      OutputChunk chunk = piece.isWhole() ? cache.find(job, piece) : null;
      if (chunk == null) {
        Stretch stretch = stretches.get(piece.stream());
        if (stretch == null || !stretch.covers(piece)) {
          stretch = readOnce(piece, pieces.subList(i + 1, pieces.size()));
          stretches.put(piece.stream(), stretch);
        }
        chunk = chunk(piece, stretch.of(piece));
      }
      if (chunk.bytes().length() > 0) {
        passages.add(new Passage.Bytes(chunk));
      }
      if (chunk.bytes().length() < piece.length()) {
        // Cut short since its size was taken: the next batch has the gap.
        return;
      }
    }
  }

  private OutputChunk chunk(Piece piece, Buffer bytes) {
    OutputChunk chunk = new OutputChunk(job, piece.stream(), piece.from(), piece.time(), bytes);
    return piece.isWhole() && bytes.length() == piece.length() ? cache.keep(chunk) : chunk;
  }

  /** Reads a piece, and with a small one those of its stream that follow it. */
  private Stretch readOnce(Piece piece, List<Piece> following) throws IOException {
    long to = piece.to();
    if (!piece.isWhole()) {
      for (Piece later : following) {
        if (later.stream() == piece.stream()) {
          if (later.isWhole()) {
            break;
          }
          to = later.to();
        }
      }
    }
    byte[] bytes = files.read(piece.stream(), piece.from(), (int) (to - piece.from()));
    return new Stretch(piece.from(), to, buffer(bytes));
  }

  /** The bytes as a buffer, without a copy. */
  static Buffer buffer(byte[] bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }

  /** The bytes of a stream that were read at once; fewer than asked for where the file ends. */
  private record Stretch(long from, long to, Buffer bytes) {
    boolean covers(Piece piece) {
      return from <= piece.from() && piece.to() <= to;
    }

    /** The bytes of one piece, as far as they were there. */
    Buffer of(Piece piece) {
      int start = (int) Math.min(piece.from() - from, bytes.length());
      int end = (int) Math.min(piece.to() - from, bytes.length());
      return start == 0 && end == bytes.length() ? bytes : bytes.slice(start, end);
    }
  }
}
