package io.orrery.output;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.orrery.job.Job.StreamBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The places in the streams at which the files begin: 0, until a file was cut short by somebody.
 * What it holds then goes on where the stream had got to, so that no offset that a reader was told
 * ever means another byte; what was before is lost.
 */
final class FileStarts {
  private static final String NAME = "starts";

  private FileStarts() {}

  /** Those of a job directory. */
  static StreamBytes read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return StreamBytes.NONE;
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != 2 * Long.BYTES) {
      throw new IOException(file + " has not 16 bytes, but " + bytes.length);
    }
    ByteBuffer both = ByteBuffer.wrap(bytes);
    return new StreamBytes(both.getLong(), both.getLong());
  }

  /** Replaces them, so that a reader sees all of the old or all of the new. */
  static void write(Path directory, StreamBytes starts) throws IOException {
    ByteBuffer both = ByteBuffer.allocate(2 * Long.BYTES);
    both.putLong(starts.stdout()).putLong(starts.stderr());
    Path temporary = directory.resolve(NAME + ".new");
    Files.write(temporary, both.array());
    Files.move(temporary, directory.resolve(NAME), ATOMIC_MOVE);
  }
}
