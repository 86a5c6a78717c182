package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a job's timeline: a record at most every 50 ms, and where the streams take turns one for
 * each turn, but never two within a millisecond. Only one writer may exist for a file.
 */
final class TimelineWriter implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(50);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final Path file;
  private @Nullable FileChannel channel;
  private long count;
  private @Nullable TimelineRecord saved;
  private @Nullable TimelineRecord pending;

  /** So much later than the clock the records are, since it was set back. */
  private Duration ahead = Duration.ZERO;

  /** Goes on after what is there; half a record at the end is written over. */
  TimelineWriter(Path file) throws IOException {
    this.file = file;
    try (Timeline earlier = new Timeline(file)) {
      count = earlier.count();
      saved = earlier.last().orElse(null);
    }
  }

  /** The sizes of the last record; none before the first. */
  StreamBytes savedSizes() {
    return saved == null ? StreamBytes.NONE : saved.sizes();
  }

  /** The streams have grown to these sizes; answers with the time that is noted down for it. */
  Instant observe(Instant time, StreamBytes sizes) throws IOException {
    TimelineRecord now = new TimelineRecord(notBeforeLast(time), sizes);
    TimelineRecord before = pending;
    if (before != null && (isQuietBetween(before, now) || isTurn(before, now))) {
      append(before);
    }
    if (saved == null || now.since(saved).compareTo(PACE) >= 0) {
      append(now);
    } else {
      pending = now;
    }
    return now.time();
  }

  /** Writes down what was seen last. */
  void flush() throws IOException {
    if (pending != null) {
      append(pending);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      if (channel != null) {
        channel.close();
        channel = null;
      }
    }
  }

  /**
   * Clocks may be set back: the records stay in order, so that they can be searched, and go on at
   * the pace of the clock until it has caught up.
   */
  private Instant notBeforeLast(Instant time) {
    TimelineRecord last = pending == null ? saved : pending;
    if (last == null || !time.isBefore(last.time())) {
      ahead = Duration.ZERO;
    } else if (time.plus(ahead).isBefore(last.time())) {
      ahead = Duration.between(time, last.time());
    }
    return time.plus(ahead);
  }

  private static boolean isQuietBetween(TimelineRecord before, TimelineRecord now) {
    return now.since(before).compareTo(PACE) >= 0;
  }

  /** Whether a stream grew that did not grow before, so that the order would be forgotten. */
  private boolean isTurn(TimelineRecord before, TimelineRecord now) {
    TimelineRecord last = saved;
    if (last == null || before.since(last).compareTo(SHORTEST) < 0) {
      return false;
    }
    StreamBytes start = last.sizes();
    StreamBytes middle = before.sizes();
    StreamBytes end = now.sizes();
    return (end.stdout() > middle.stdout() && middle.stdout() == start.stdout())
        || (end.stderr() > middle.stderr() && middle.stderr() == start.stderr());
  }

  /** A failed append leaves no hole: the next one writes at the same place. */
  private void append(TimelineRecord record) throws IOException {
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }
    ByteBuffer bytes = record.encoded();
    while (bytes.hasRemaining()) {
      channel.write(bytes, count * TimelineRecord.BYTES + bytes.position());
    }
    count++;
    saved = record;
    pending = null;
  }
}
