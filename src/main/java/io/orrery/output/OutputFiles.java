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

/**
 * The streams in a job directory, for reading. A file that does not exist is empty. Files are
 * opened when they are first read, and after {@link #close} again. For one thread at a time.
 */
public final class OutputFiles implements AutoCloseable {
  private static final String TIMELINE = "timeline";

  private final Path directory;
  private final Map<StandardStream, FileChannel> open = new EnumMap<>(StandardStream.class);

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

  /** The bytes in each file now. */
  public StreamBytes sizes() throws IOException {
    return new StreamBytes(size(StandardStream.STDOUT), size(StandardStream.STDERR));
  }

  /** The bytes in the file now. */
  public long size(StandardStream stream) throws IOException {
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

  /** The bytes from a place on: as many as asked for, or fewer where the file ends. */
  public byte[] read(StandardStream stream, long from, int length) throws IOException {
    FileChannel channel;
    try {
      channel = channel(stream);
    } catch (NoSuchFileException missing) {
      return new byte[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
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
