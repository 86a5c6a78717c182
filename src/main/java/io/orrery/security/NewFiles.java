package io.orrery.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files of one directory that appear together: written and synced under other names first, then
 * renamed one after the other, so that none is ever there by half.
 */
final class NewFiles implements AutoCloseable {
  static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
  static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

  private final Path directory;
  private final Map<Path, Path> waiting = new LinkedHashMap<>();

  /** Makes the directory, for its owner only, if it is not there. */
  NewFiles(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Writes a file that gets its name with {@link #publish}; nobody else can ever open a secret. */
  void add(String name, String content, Set<PosixFilePermission> mode) throws IOException {
    Path written =
        Files.createTempFile(
            directory, ".new-", ".pem", PosixFilePermissions.asFileAttribute(SECRET));
    waiting.put(directory.resolve(name), written);
    try (var channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.setPosixFilePermissions(written, mode);
  }

  /** Gives all files their names, replacing what has them now. */
  List<Path> publish() throws IOException {
    List<Path> published = new ArrayList<>();
    for (Path target : List.copyOf(waiting.keySet())) {
      Files.move(waiting.get(target), target, StandardCopyOption.ATOMIC_MOVE);
      waiting.remove(target);
      published.add(target);
    }
    return published;
  }

  /** Removes what was written and not published. */
  @Override
  public void close() throws IOException {
    for (Path written : waiting.values()) {
      Files.deleteIfExists(written);
    }
  }
}
