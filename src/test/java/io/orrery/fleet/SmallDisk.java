package io.orrery.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small file system in memory, for tests that fill one; mounting it needs root. */
public final class SmallDisk implements AutoCloseable {
  private final Path directory;
  private final List<Path> fillers = new ArrayList<>();

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts it; the options are those of tmpfs(5). */
  public static SmallDisk mount(Path directory, String options) throws IOException {
    Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString());
    return new SmallDisk(directory);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new AssertionError(
          String.join(" ", command) + ": " + said + "; run the tests as root, or in: unshare -rm");
    }
  }

  /** Takes all bytes that are left. */
  public void fill() throws IOException {
    for (int size = 65536; size >= 1; size /= 16) {
      byte[] bytes = new byte[size];
      Path filler = directory.resolve("filler-" + fillers.size());
      fillers.add(filler);
      try (var out = Files.newOutputStream(filler)) {
        while (true) {
          out.write(bytes);
        }
      } catch (IOException full) {
        // That is what was wanted.
      }
    }
  }

  /** Takes all inodes that are left. */
  public void fillInodes() {
    try {
      while (true) {
        Path filler = directory.resolve("filler-" + fillers.size());
        Files.createFile(filler);
        fillers.add(filler);
      }
    } catch (IOException full) {
      // That is what was wanted.
    }
  }

  /** Gives back what was taken. */
  public void empty() throws IOException {
    for (Path filler : fillers) {
      Files.deleteIfExists(filler);
    }
    fillers.clear();
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", directory.toString());
  }
}
