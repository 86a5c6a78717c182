package io.orrery.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The id of this boot of the host, which tells whether a process number of a record can still mean
 * that process.
 */
public final class BootId {
  /** The id, or "" where the kernel does not tell (random(4)). */
  public static final String CURRENT = read();

  private BootId() {}

  /** Whether a record was surely made before the host was rebooted. */
  public static boolean isOfAnotherBoot(String recorded) {
    return !recorded.isEmpty() && !CURRENT.isEmpty() && !recorded.equals(CURRENT);
  }

  private static String read() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException notLinux) {
      return "";
    }
  }
}
