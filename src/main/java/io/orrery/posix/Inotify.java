package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Hearing of changes to files.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public final class Inotify {
  public static final int IN_MODIFY = 0x2;
  public static final int IN_ATTRIB = 0x4;
  public static final int IN_CLOSE_WRITE = 0x8;
  public static final int IN_MOVED_FROM = 0x40;
  public static final int IN_MOVED_TO = 0x80;
  public static final int IN_CREATE = 0x100;
  public static final int IN_DELETE = 0x200;
  public static final int IN_DELETE_SELF = 0x400;
  public static final int IN_MOVE_SELF = 0x800;
  public static final int IN_UNMOUNT = 0x2000;
  public static final int IN_Q_OVERFLOW = 0x4000;
  public static final int IN_IGNORED = 0x8000;
  public static final int IN_ONLYDIR = 0x1000000;
  public static final int IN_DONT_FOLLOW = 0x2000000;

  /** For {@link #inotify_init1}: {@link #read} does not block. */
  public static final int IN_NONBLOCK = 0x800;

  private static final int IN_CLOEXEC = 0x80000;

  private static final int HEADER = 16;
  private static final int BUFFER = 64 * 1024;

  private static final MethodHandle INOTIFY_INIT1 =
      Native.function("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle INOTIFY_ADD_WATCH =
      Native.function(
          "inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle INOTIFY_RM_WATCH =
      Native.function("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private Inotify() {}

  /** A new inotify descriptor, always close-on-exec; {@code flags} is 0 or {@link #IN_NONBLOCK}. */
  public static int inotify_init1(int flags) throws PosixException {
    return Native.call(
        "inotify_init1",
        call -> call.check((int) INOTIFY_INIT1.invokeExact(call.state(), flags | IN_CLOEXEC)));
  }

  /**
   * Watches {@code path} for {@code mask} and returns the watch descriptor. The same file watched
   * again, by whatever path, gives the same descriptor and replaces its mask.
   *
   * @throws PosixException ENOSPC when the user's watches are used up (fs.inotify.max_user_watches)
   */
  public static int inotify_add_watch(int inotify, String path, int mask) throws PosixException {
    return Native.call(
        "inotify_add_watch",
        path,
        call ->
            call.check(
                (int)
                    INOTIFY_ADD_WATCH.invokeExact(call.state(), inotify, call.string(path), mask)));
  }

  /** Ends a watch; an event with IN_IGNORED follows. EINVAL if it has ended already. */
  public static void inotify_rm_watch(int inotify, int watch) throws PosixException {
    Native.call(
        "inotify_rm_watch",
        call -> call.check((int) INOTIFY_RM_WATCH.invokeExact(call.state(), inotify, watch)));
  }

  /**
   * The events that are waiting. Blocks until there is one, unless the descriptor was made with
   * {@link #IN_NONBLOCK}: then an empty list means none.
   */
  public static List<InotifyEvent> read(int inotify) throws PosixException {
    return Native.call(
        "read",
        call -> {
          MemorySegment buffer = call.arena().allocate(BUFFER, 8);
          long length = Descriptors.read(call, inotify, buffer);
          return length <= 0 ? List.of() : parse(buffer.asSlice(0, length));
        });
  }

  private static List<InotifyEvent> parse(MemorySegment buffer) {
    List<InotifyEvent> events = new ArrayList<>();
    long at = 0;
    while (at < buffer.byteSize()) {
      int length = buffer.get(JAVA_INT, at + 12);
      byte[] name = buffer.asSlice(at + HEADER, length).toArray(JAVA_BYTE);
      events.add(
          new InotifyEvent(buffer.get(JAVA_INT, at), buffer.get(JAVA_INT, at + 4), text(name)));
      at += HEADER + length;
    }
    return List.copyOf(events);
  }

  /** The name is padded with NULs to the alignment of the next event. */
  private static String text(byte[] name) {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return new String(name, 0, end, StandardCharsets.UTF_8);
  }
}
