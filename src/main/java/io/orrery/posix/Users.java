package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The users of this host, and which of them this process is. */
public final class Users {
  /** struct passwd on 64 bits: two pointers, two ints, three pointers. */
  private static final int PASSWD_SIZE = 48;

  private static final long NAME = 0;
  private static final long UID = 16;
  private static final long GID = 20;
  private static final long DIR = 32;
  private static final long SHELL = 40;

  /** More than any entry needs; an LDAP entry with a long GECOS field has some hundred bytes. */
  private static final int BUFFER = 16 * 1024;

  private static final MethodHandle GETPWNAM_R =
      Native.plain(
          "getpwnam_r",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle GETPWUID_R =
      Native.plain(
          "getpwuid_r",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle GETEUID =
      Native.plain("geteuid", FunctionDescriptor.of(JAVA_INT));

  private Users() {}

  /** A user: numbers, home directory and shell. */
  public record User(String name, int uid, int gid, String home, String shell) {}

  /**
   * The user of this name; empty if there is none. May ask the network, where the host's users are
   * there.
   *
   * @see <a href="https://man7.org/linux/man-pages/man3/getpwnam.3.html">getpwnam_r(3)</a>
   */
  public static Optional<User> getpwnam_r(String name) throws PosixException {
    return look(
        "getpwnam_r",
        name,
        (call, entry, buffer, result) ->
            (int)
                GETPWNAM_R.invokeExact(
                    call.string(name), entry, buffer, buffer.byteSize(), result));
  }

  /**
   * The user of this number, as if it had no sign; empty if there is none. May ask the network, as
   * {@link #getpwnam_r} does.
   *
   * @see <a href="https://man7.org/linux/man-pages/man3/getpwnam.3.html">getpwuid_r(3)</a>
   */
  public static Optional<User> getpwuid_r(int uid) throws PosixException {
    return look(
        "getpwuid_r",
        Integer.toUnsignedString(uid),
        (_, entry, buffer, result) ->
            (int) GETPWUID_R.invokeExact(uid, entry, buffer, buffer.byteSize(), result));
  }

  private interface Question {
    int ask(Native.Call call, MemorySegment entry, MemorySegment buffer, MemorySegment result)
        throws Throwable;
  }

  private static Optional<User> look(String function, String subject, Question question)
      throws PosixException {
    return Native.call(
        function,
        subject,
        call -> {
          MemorySegment entry = call.arena().allocate(PASSWD_SIZE, 8);
          MemorySegment result = call.arena().allocate(ADDRESS);
          MemorySegment buffer = call.arena().allocate(BUFFER);
          int error = question.ask(call, entry, buffer, result);
          if (error != 0) {
            throw new PosixException(function, error, subject);
          }
          return found(result) ? Optional.of(user(entry, buffer)) : Optional.empty();
        });
  }

  private static boolean found(MemorySegment result) {
    return result.get(ADDRESS, 0).address() != 0;
  }

  private static User user(MemorySegment entry, MemorySegment buffer) {
    return new User(
        text(entry, NAME, buffer),
        entry.get(JAVA_INT, UID),
        entry.get(JAVA_INT, GID),
        text(entry, DIR, buffer),
        text(entry, SHELL, buffer));
  }

  /** The strings of an entry are in the buffer that came with it. */
  private static String text(MemorySegment entry, long field, MemorySegment buffer) {
    long offset = entry.get(ADDRESS, field).address() - buffer.address();
    return offset < 0 || offset >= buffer.byteSize() ? "" : buffer.getString(offset);
  }

  /**
   * The user that this process acts as; 0 is root.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/geteuid.2.html">geteuid(2)</a>
   */
  public static int geteuid() throws PosixException {
    return Native.call("geteuid", call -> (int) GETEUID.invokeExact());
  }
}
