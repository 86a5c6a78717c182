package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;

/** Reading and writing the files of a cgroup. They are in memory, and nothing blocks for a disk. */
final class CgroupFile {
  private static final int CHUNK = 16 * 1024;

  private CgroupFile() {}

  static void write(Path file, String text) throws PosixException {
    int descriptor = Descriptors.open(file.toString(), Descriptors.O_WRONLY, 0);
    try {
      Descriptors.write(descriptor, text);
    } finally {
      Descriptors.close(descriptor);
    }
  }

  /** The whole text; "" for a file that is not there or cannot be read. */
  static String text(Path file) {
    return new String(Proc.file(file.toString(), CHUNK), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The numbers of a file with one on each line; none if it cannot be read. */
  static int[] numbers(Path file) {
    return text(file).lines().mapToInt(Integer::parseInt).toArray();
  }

  /** The number that the file holds; empty if it holds none. */
  static OptionalLong number(Path file) {
    return parse(text(file).strip());
  }

  /** The number after a name, in a file of lines {@code name number}; empty if it is not there. */
  static OptionalLong number(Path file, String name) {
    return Arrays.stream(text(file).split("\n", -1))
        .filter(line -> line.startsWith(name + " "))
        .map(line -> parse(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseGet(OptionalLong::empty);
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException notOne) {
      return OptionalLong.empty();
    }
  }
}
