package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * What /proc says of processes.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
final class Proc {
  private static final int STAT_SIZE = 1024;
  private static final int CHUNK = 16 * 1024;
  private static final byte[] NOTHING = {};

  // Fields of /proc/PID/stat, counted from the one after the name.
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int CHILDREN_USER_TIME = 13;
  private static final int CHILDREN_SYSTEM_TIME = 14;
  private static final int VSIZE = 20;
  private static final int ENV_START = 47;
  private static final int ENV_END = 48;

  private Proc() {}

  /** The pids of all processes. */
  static IntStream pids() {
    String[] names = new File("/proc").list();
    if (names == null) {
      throw new IllegalStateException("/proc cannot be read: mount it");
    }
    return Arrays.stream(names)
        .filter(name -> name.charAt(0) >= '1' && name.charAt(0) <= '9')
        .mapToInt(Integer::parseInt);
  }

  /** The number at which pids start again from the lowest; 32768 if it cannot be read. */
  static int pidMax() {
    byte[] text = file("/proc/sys/kernel/pid_max", STAT_SIZE);
    return text.length == 0
        ? 32_768
        : Integer.parseInt(new String(text, StandardCharsets.ISO_8859_1).strip());
  }

  /** The process, or the thread, of this number. */
  static Optional<ProcessEntry> entry(int pid) {
    return ProcessEntry.parse(pid, file("/proc/" + pid + "/stat", STAT_SIZE));
  }

  /**
   * The attempt of a job that the process says it belongs to, as {@link JobTerms#cookie}:
   * ORRERY_JOB_ID, and from the second attempt on ORRERY_ATTEMPT, in the environment that it was
   * executed with. Empty if there is none, or it is not ours to read. Waits ten milliseconds at the
   * most, for a process in the middle of an exec.
   */
  static String cookieOf(int pid) {
    String environment = new String(environment(pid), StandardCharsets.UTF_8);
    String job = variable(environment, Spawner.JOB);
    String attempt = job.isEmpty() ? "" : variable(environment, Spawner.ATTEMPT);
    return attempt.isEmpty() ? job : job + "/" + attempt;
  }

  private static String variable(String environment, String variable) {
    String name = variable + "=";
    int start = environment.startsWith(name) ? 0 : environment.indexOf("\0" + name) + 1;
    if (!environment.startsWith(name, start)) {
      return "";
    }
    int end = environment.indexOf('\0', start);
    return environment.substring(start + name.length(), end < 0 ? environment.length() : end);
  }

  /**
   * In the middle of an exec the kernel shows no environment, since the new image is there before
   * its strings are. What does not come out of its exec in time has none: a program on a file
   * system that hangs must not hold up the end of every job. One that looks bare is looked at
   * twice: for an instant every new image is so (create_elf_tables in the kernel's binfmt_elf.c).
   */
  private static byte[] environment(int pid) {
    byte[] environment = file("/proc/" + pid + "/environ", CHUNK);
    int bare = 0;
    for (int tries = 0; environment.length == 0 && tries < 20; tries++) {
      String[] stat = stat(pid);
      bare = isBare(stat) ? bare + 1 : 0;
      if (bare == 2 || !mayHaveOne(stat) || !isReadable(pid)) {
        return environment;
      }
      LockSupport.parkNanos(tries == 0 ? 1 : 500_000);
      environment = file("/proc/" + pid + "/environ", CHUNK);
    }
    return environment;
  }

  /** Processor time in clock ticks. */
  record Times(long user, long system) {}

  /** That of the process and of the descendants that it waited for; none if it has ended. */
  static Times times(int pid) {
    String[] stat = stat(pid);
    return stat.length <= CHILDREN_SYSTEM_TIME
        ? new Times(0, 0)
        : new Times(
            Long.parseLong(stat[USER_TIME]) + Long.parseLong(stat[CHILDREN_USER_TIME]),
            Long.parseLong(stat[SYSTEM_TIME]) + Long.parseLong(stat[CHILDREN_SYSTEM_TIME]));
  }

  private static String[] stat(int pid) {
    String stat =
        new String(file("/proc/" + pid + "/stat", STAT_SIZE), StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", ENV_END + 2);
  }

  /** Not a process without memory, as those of the kernel, nor one that has ended. */
  private static boolean mayHaveOne(String[] stat) {
    return stat.length > ENV_END && !stat[VSIZE].equals("0");
  }

  private static boolean isBare(String[] stat) {
    return stat.length > ENV_END
        && !stat[ENV_END].equals("0")
        && stat[ENV_END].equals(stat[ENV_START]);
  }

  private static boolean isReadable(int pid) {
    try {
      Descriptors.close(Descriptors.open("/proc/" + pid + "/environ", Descriptors.O_RDONLY, 0));
      return true;
    } catch (PosixException e) {
      return false;
    }
  }

  /** The pid that was handed out last on this host (the last field of /proc/loadavg). */
  static int lastPid() {
    String line = new String(file("/proc/loadavg", STAT_SIZE), StandardCharsets.ISO_8859_1).strip();
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }

  /** Nothing for a process that has ended, or whose file is not ours to read. */
  static byte[] file(String path, int chunk) {
    try {
      int file = Descriptors.open(path, Descriptors.O_RDONLY, 0);
      try {
        byte[] bytes = Descriptors.read(file, chunk);
        return bytes.length < chunk ? bytes : rest(file, bytes, chunk);
      } finally {
        Descriptors.close(file);
      }
    } catch (PosixException e) {
      return NOTHING;
    }
  }

  private static byte[] rest(int file, byte[] first, int chunk) throws PosixException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] bytes = first;
    while (bytes.length > 0) {
      all.writeBytes(bytes);
      bytes = Descriptors.read(file, chunk);
    }
    return all.toByteArray();
  }
}
