package io.orrery.cli;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Bytes for a job's standard input, which travel with the request. */
final class StdinBytes {
  /** What a request may carry, see StartJobRequest. */
  static final int MOST = 1 << 20;

  private StdinBytes() {}

  /**
   * @param name of the file; {@code -} is our own standard input
   * @throws CommandException when it cannot be read, or has more than 1 MiB
   */
  static ByteString read(String name, InputStream own) {
    return name.equals("-") ? read(own, "the standard input") : read(Path.of(name));
  }

  static ByteString read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    } catch (NoSuchFileException _) {
      throw new CommandException("there is no file " + file);
    } catch (IOException e) {
      throw new CommandException("cannot read " + file + ": " + e.getMessage());
    }
  }

  private static ByteString read(InputStream in, String what) {
    byte[] bytes;
    try {
      bytes = in.readNBytes(MOST + 1);
    } catch (IOException e) {
      throw new CommandException("cannot read " + what + ": " + e.getMessage());
    }
    if (bytes.length > MOST) {
      throw new CommandException(
          what
              + " has more than 1 MiB, which is all that can be sent along with a job;"
              + " let the job fetch it, or put it on the worker");
    }
    return ByteString.copyFrom(bytes);
  }
}
