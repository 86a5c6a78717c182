package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams in a job directory, for reading. A file that does not exist is empty; one that was
 * cut short begins at a later place of its stream. Files are opened when they are first read, and
 * after {@link #close} again. For one thread at a time.
 */
public final class OutputFiles implements AutoCloseable {
  private static final String TIMELINE = "timeline";

  private final Path directory;
  private final Map<StandardStream, FileChannel> open = new EnumMap<>(StandardStream.class);
  private @Nullable StreamBytes starts;

  public OutputFiles(Path directory) {
    this.directory = directory;
  }

  /** Makes the files that are not there yet, empty, for their owner alone. */
  public static void create(Path directory) throws IOException {
    for (StandardStream stream : StandardStream.values()) {
      try {
        Files.createFile(
            directory.resolve(stream.fileName()),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException alreadyThere) {
        // The job's own, with what it has written.
      }
    }
  }

  /** How far each stream has got. */
  public StreamBytes sizes() throws IOException {
    return new StreamBytes(size(StandardStream.STDOUT), size(StandardStream.STDERR));
  }

  /** How far the stream has got. */
  public long size(StandardStream stream) throws IOException {
    return starts().of(stream) + fileSize(stream);
  }

  private long fileSize(StandardStream stream) throws IOException {
    FileChannel channel = open.get(stream);
    if (channel != null) {
      return channel.size();
    }
    try {
      return Files.size(path(stream));
    } catch (NoSuchFileException missing) {
      return 0;
    }
  }

  /** The places at which the files begin, as they were when they were first asked for. */
  StreamBytes starts() throws IOException {
    StreamBytes known = starts;
    if (known == null) {
      known = FileStarts.read(directory);
      starts = known;
    }
    return known;
  }

  /** Asks again where the files begin: somebody else may have seen them cut short. */
  void refresh() {
    starts = null;
  }

  /**
   * The sizes, for the one who watches the files and has told others of these before: a file that
   * has fewer bytes was cut short, and what it holds goes on from there.
   */
  StreamBytes sizesAfter(StreamBytes told) throws IOException {
    StreamBytes sizes = sizes();
    if (!sizes.max(told).equals(sizes)) {
      StreamBytes moved = starts();
      for (StandardStream stream : StandardStream.values()) {
        if (sizes.of(stream) < told.of(stream)) {
          moved = moved.with(stream, told.of(stream));
        }
      }
      FileStarts.write(directory, moved);
      starts = moved;
      sizes = sizes();
    }
    return sizes;
  }

  /** The sizes of a job that nobody watched in its last moments; cut files are seen as such. */
  public StreamBytes settledSizes() throws IOException {
    try (Timeline timeline = new Timeline(timeline())) {
      return sizesAfter(timeline.last().map(TimelineRecord::sizes).orElse(StreamBytes.NONE));
    }
  }

  /**
   * The bytes from a place on: as many as asked for, or fewer where the file ends; none where the
   * file begins later.
   */
  public byte[] read(StandardStream stream, long from, int length) throws IOException {
    long start = starts().of(stream);
    FileChannel channel;
    try {
      channel = channel(stream);
    } catch (NoSuchFileException missing) {
      return new byte[0];
    }
    if (from < start) {
      return new byte[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from - start + bytes.position()) >= 0) {
      // A read may return less than there is.
    }
    return bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
  }

  /** When the file was last written to. */
  Instant lastModified(StandardStream stream) throws IOException {
    try {
      return Files.getLastModifiedTime(path(stream)).toInstant();
    } catch (NoSuchFileException missing) {
      return Instant.EPOCH;
    }
  }

  Path path(StandardStream stream) {
    return directory.resolve(stream.fileName());
  }

  Path timeline() {
    return directory.resolve(TIMELINE);
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : open.values()) {
      channel.close();
    }
    open.clear();
  }

  private FileChannel channel(StandardStream stream) throws IOException {
    FileChannel channel = open.get(stream);
    if (channel == null) {
      channel = FileChannel.open(path(stream), StandardOpenOption.READ);
      open.put(stream, channel);
    }
    return channel;
  }
}
