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
  private @Nullable FileStarts starts;

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
    long origin = starts().origins().of(stream);
    return starts().removed() ? origin : origin + fileSize(stream);
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

  /** What the files have of the streams, as it was when it was first asked for. */
  FileStarts starts() throws IOException {
    FileStarts known = starts;
    if (known == null) {
      known = FileStarts.read(directory);
      starts = known;
    }
    return known;
  }

  /** Asks again what the files have: somebody else may have cut them, or dropped bytes. */
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
      FileStarts moved = starts();
      for (StandardStream stream : StandardStream.values()) {
        if (sizes.of(stream) < told.of(stream)) {
          moved = moved.cut(stream, told.of(stream));
        }
      }
      replace(moved);
      sizes = sizes();
    }
    return sizes;
  }

  /** Says that the bytes before these places are not there any more. */
  void drop(StreamBytes places) throws IOException {
    replace(starts().dropped(places));
  }

  /** Says that no byte is there any more, of streams of these sizes. */
  public void remove(StreamBytes totals) throws IOException {
    FileStarts next = FileStarts.removed(totals);
    if (!starts().equals(next)) {
      replace(next);
    }
  }

  private void replace(FileStarts next) throws IOException {
    next.write(directory);
    starts = next;
  }

  /** The sizes of a job that nobody watched in its last moments; cut files are seen as such. */
  public StreamBytes settledSizes() throws IOException {
    try (Timeline timeline = new Timeline(timeline())) {
      return sizesAfter(timeline.last().map(TimelineRecord::sizes).orElse(StreamBytes.NONE));
    }
  }

  /**
   * The bytes from a place on: as many as asked for, or fewer where the file ends; none where those
   * of the place are gone, also when they go while they are being read.
   */
  public byte[] read(StandardStream stream, long from, int length) throws IOException {
    long origin = starts().origins().of(stream);
    FileChannel channel;
    try {
      channel = channel(stream);
    } catch (NoSuchFileException missing) {
      return new byte[0];
    }
    if (from < starts().firsts().of(stream)) {
      return new byte[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from - origin + bytes.position()) >= 0) {
      // A read may return less than there is.
    }
    if (from < FileStarts.read(directory).firsts().of(stream)) {
      return new byte[0]; // they may be the zeros of a hole
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
