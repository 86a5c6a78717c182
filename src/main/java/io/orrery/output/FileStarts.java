package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What of the streams the files still have: all of them, until a file was cut short by somebody, or
 * its oldest bytes were dropped. No offset that a reader was told ever means another byte.
 *
 * @param origins the places in the streams of the files' first bytes: more than 0 where a file was
 *     cut short, as what it holds then goes on where the stream had got to
 * @param firsts the places of the first bytes that are not dropped, at or after the origins
 * @param removed whether all that is dropped was, by the worker's retention
 */
record FileStarts(StreamBytes origins, StreamBytes firsts, boolean removed) {
  /** All bytes are there, from the first. */
  static final FileStarts NONE = new FileStarts(StreamBytes.NONE, StreamBytes.NONE, false);

  private static final String NAME = "starts";
  private static final int BYTES = 6 * Long.BYTES;
  private static final int TRIES = 1000;

  /** The file begins at this place since it was cut short. */
  FileStarts cut(StandardStream stream, long place) {
    return new FileStarts(
        origins.with(stream, place),
        firsts.with(stream, Math.max(place, firsts.of(stream))),
        removed);
  }

  /** The bytes before these places are dropped at the stream's limit. */
  FileStarts dropped(StreamBytes places) {
    return new FileStarts(origins, firsts.max(places), removed);
  }

  /** All bytes are removed, of streams of these sizes. */
  static FileStarts removed(StreamBytes totals) {
    return new FileStarts(totals, totals, true);
  }

  /** Whether bytes of the stream were dropped by the worker. */
  boolean hasDropped(StandardStream stream) {
    return removed || firsts.of(stream) > origins.of(stream);
  }

  /** Why the bytes between two places are not there; no gap where the places are the same. */
  List<OutputGap> gaps(StandardStream stream, long from, long to) {
    List<OutputGap> gaps = new ArrayList<>();
    if (removed) {
      add(gaps, new OutputGap(stream, from, to, GapReason.RETENTION));
      return gaps;
    }
    long origin = Math.clamp(origins.of(stream), from, to);
    long first = Math.clamp(firsts.of(stream), origin, to);
    add(gaps, new OutputGap(stream, from, origin, GapReason.LOST));
    add(gaps, new OutputGap(stream, origin, first, GapReason.LIMIT));
    add(gaps, new OutputGap(stream, first, to, GapReason.LOST));
    return gaps;
  }

  private static void add(List<OutputGap> gaps, OutputGap gap) {
    if (gap.from() < gap.to()) {
      gaps.add(gap);
    }
  }

  /** Those of a job directory. */
  static FileStarts read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return NONE;
    }
    for (int i = 0; i < TRIES; i++) {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(file);
      } catch (NoSuchFileException removedMeanwhile) {
        return NONE;
      }
      if (bytes.length == 0) {
        return NONE;
      }
      if (isWhole(bytes)) {
        return parse(ByteBuffer.wrap(bytes));
      }
      Thread.onSpinWait(); // it is being written
    }
    throw new IOException(file + " is damaged");
  }

  private static boolean isWhole(byte[] bytes) {
    return bytes.length == BYTES
        && ByteBuffer.wrap(bytes).getLong(BYTES - Long.BYTES) == sum(bytes);
  }

  private static long sum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, BYTES - Long.BYTES);
    return sum.getValue();
  }

  private static FileStarts parse(ByteBuffer bytes) {
    return new FileStarts(
        new StreamBytes(bytes.getLong(), bytes.getLong()),
        new StreamBytes(bytes.getLong(), bytes.getLong()),
        bytes.getLong() != 0);
  }

  /**
   * Replaces those of a job directory, in place: what makes room on a full disk must not need room
   * itself. A reader who comes in between looks again.
   */
  void write(Path directory) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(origins.stdout())
            .putLong(origins.stderr())
            .putLong(firsts.stdout())
            .putLong(firsts.stderr())
            .putLong(removed ? 1 : 0);
    bytes.putLong(sum(bytes.array())).flip();
    try (FileChannel file =
        FileChannel.open(
            directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        file.write(bytes, bytes.position());
      }
    }
  }
}
