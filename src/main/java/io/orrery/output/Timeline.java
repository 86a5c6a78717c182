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
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The records of a job's timeline, in the order of time, for reading while it grows. What is not a
 * whole record at the end does not count. For one thread at a time.
 */
final class Timeline implements AutoCloseable {
  private static final int BLOCK = 512 * TimelineRecord.BYTES;

  private final Path file;
  private @Nullable FileChannel channel;
  private @Nullable ByteBuffer block;
  private long blockStart;
  private long hint;

  Timeline(Path file) {
    this.file = file;
  }

  /** How many records there are now. */
  long count() throws IOException {
    FileChannel open = channel();
    return open == null ? 0 : open.size() / TimelineRecord.BYTES;
  }

  /** The last record. */
  Optional<TimelineRecord> last() throws IOException {
    long count = count();
    return count == 0 ? Optional.empty() : Optional.of(get(count - 1));
  }

  /** A record by its number, from 0 to less than {@link #count}. */
  TimelineRecord get(long index) throws IOException {
    int at = (int) Math.min((index - blockStart) * TimelineRecord.BYTES, Integer.MAX_VALUE);
    ByteBuffer loaded = block;
    if (loaded == null || index < blockStart || at + TimelineRecord.BYTES > loaded.limit()) {
      loaded = load(index);
      at = 0;
    }
    return TimelineRecord.read(loaded, at);
  }

  /** The number of the first record that has more of a wanted stream; the count if none has. */
  long firstBeyond(StreamBytes place, Set<StandardStream> wanted) throws IOException {
    hint =
        first(
            hint,
            record ->
                wanted.stream().anyMatch(stream -> record.sizes().of(stream) > place.of(stream)));
    return hint;
  }

  /** The number of the first record at or after a time; the count if there is none. */
  long firstSince(Instant time) throws IOException {
    return first(0, record -> !record.time().isBefore(time));
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    block = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Searches for the first record that matches, where all after it do too: with growing steps from
   * a place where it is likely to be, then by halves.
   */
  private long first(long start, Predicate<TimelineRecord> matches) throws IOException {
    long count = count();
    long low = Math.min(start, count);
    if (low > 0 && matches.test(get(low - 1))) {
      low = 0;
    }
    long high = low;
    for (long step = 1; high < count && !matches.test(get(high)); step *= 2) {
      low = high + 1;
      high = Math.min(count, low + step);
    }
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (matches.test(get(middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private ByteBuffer load(long index) throws IOException {
    FileChannel open = channel();
    if (open == null) {
      throw new NoSuchFileException(file.toString());
    }
    ByteBuffer bytes = block == null ? ByteBuffer.allocate(BLOCK) : block.clear();
    while (bytes.hasRemaining()
        && open.read(bytes, index * TimelineRecord.BYTES + bytes.position()) >= 0) {
      // A read may return less than there is.
    }
    bytes.flip();
    if (bytes.limit() < TimelineRecord.BYTES) {
      block = null;
      throw new IOException("the timeline has become shorter");
    }
    block = bytes;
    blockStart = index;
    return bytes;
  }

  private @Nullable FileChannel channel() throws IOException {
    if (channel == null && Files.exists(file)) {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    }
    return channel;
  }
}
