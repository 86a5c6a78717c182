package io.orrery.process;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Replacing a small file so that a reader sees all of the old text or all of the new. */
final class AtomicFile {
  private AtomicFile() {}

  /** Visible to every process when this returns, and not yet proof against a power cut. */
  static void replace(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, text);
    Files.move(temporary, file, ATOMIC_MOVE);
  }

  /** Blocks until the text and the name are on the disk (some milliseconds). */
  static void sync(Path file) throws IOException {
    try (FileChannel text = FileChannel.open(file, WRITE)) {
      text.force(true);
    }
    try (FileChannel directory = FileChannel.open(file.resolveSibling("."), READ)) {
      directory.force(true);
    }
  }
}
