package io.orrery.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Who this worker is: the name in its certificate, and the id that the scheduler gave, kept in a
 * file.
 */
final class WorkerIdentity {
  private final String name;
  private final Path file;
  private volatile String id;

  private WorkerIdentity(String name, Path file, String id) {
    this.name = name;
    this.file = file;
    this.id = id;
  }

  /** Blocks for a file. */
  static WorkerIdentity load(String name, Path data) throws IOException {
    Path file = data.resolve("worker-id");
    try {
      return new WorkerIdentity(name, file, Files.readString(file).strip());
    } catch (NoSuchFileException firstStart) {
      return new WorkerIdentity(name, file, "");
    }
  }

  String name() {
    return name;
  }

  /** The id, or "" before the first registration. */
  String id() {
    return id;
  }

  /** Keeps the id that the scheduler gave. Blocks for a file. */
  void assign(String assigned) throws IOException {
    if (!assigned.equals(id)) {
      AtomicFile.write(file, assigned + "\n");
      id = assigned;
    }
  }
}
