package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Waiting for many descriptors in one thread, and waking that thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Epoll {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLL_CTL_MOD = 3;

  /** There is something to read. */
  public static final int EPOLLIN = 1;

  /** There is room to write. */
  public static final int EPOLLOUT = 4;

  private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int BATCH = 64;

  /** struct epoll_event is packed on x86-64 only. */
  private static final int DATA = Native.ARM64 ? 8 : 4;

  private static final int EVENT_SIZE = DATA + Long.BYTES;

  private static final MethodHandle EPOLL_CREATE1 =
      Native.function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      Native.function(
          "epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      Native.function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD =
      Native.function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD_READ =
      Native.function("eventfd_read", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EVENTFD_WRITE =
      Native.function("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

  private Epoll() {}

  /** A new epoll descriptor, close-on-exec. */
  public static int epoll_create1() throws PosixException {
    return Native.call(
        "epoll_create1",
        call -> call.check((int) EPOLL_CREATE1.invokeExact(call.state(), EPOLL_CLOEXEC)));
  }

  /** Watches {@code descriptor} for input, level-triggered. EPOLL_CTL_ADD with EPOLLIN. */
  public static void epoll_ctl_add(int epoll, int descriptor) throws PosixException {
    epoll_ctl_add(epoll, descriptor, EPOLLIN);
  }

  /** Watches {@code descriptor} for these events, level-triggered. EPOLL_CTL_ADD. */
  public static void epoll_ctl_add(int epoll, int descriptor, int events) throws PosixException {
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, events);
  }

  /** Watches {@code descriptor} for these events instead. EPOLL_CTL_MOD. */
  public static void epoll_ctl_mod(int epoll, int descriptor, int events) throws PosixException {
    epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, events);
  }

  /** Watches {@code descriptor} no more. EPOLL_CTL_DEL. */
  public static void epoll_ctl_del(int epoll, int descriptor) throws PosixException {
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, 0);
  }

  private static void epoll_ctl(int epoll, int operation, int descriptor, int events)
      throws PosixException {
    Native.call(
        "epoll_ctl",
        call -> {
          MemorySegment event = call.arena().allocate(EVENT_SIZE, 8);
          event.set(JAVA_INT, 0, events);
          event.set(JAVA_LONG_UNALIGNED, DATA, descriptor);
          return call.check(
              (int) EPOLL_CTL.invokeExact(call.state(), epoll, operation, descriptor, event));
        });
  }

  /**
   * Blocks until a watched descriptor is ready (or broken, which is always watched for), for at
   * most {@code timeoutMillis} (-1 is for ever), and returns at most 64 ready descriptors; none
   * after the time or an interrupting signal.
   */
  public static int[] epoll_wait(int epoll, int timeoutMillis) throws PosixException {
    return Native.call(
        "epoll_wait",
        call -> {
          MemorySegment events = call.arena().allocate((long) BATCH * EVENT_SIZE, 8);
          int count =
              (int) EPOLL_WAIT.invokeExact(call.state(), epoll, events, BATCH, timeoutMillis);
          if (count == -1 && call.errno() == Errno.EINTR.number()) {
            return new int[0];
          }
          int[] ready = new int[call.check(count)];
          for (int i = 0; i < count; i++) {
            ready[i] = (int) events.get(JAVA_LONG_UNALIGNED, (long) i * EVENT_SIZE + DATA);
          }
          return ready;
        });
  }

  /**
   * A new counter to wake an epoll with, close-on-exec and non-blocking.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
   */
  public static int eventfd() throws PosixException {
    return Native.call(
        "eventfd",
        call -> call.check((int) EVENTFD.invokeExact(call.state(), 0, EFD_CLOEXEC_NONBLOCK)));
  }

  /** Makes the counter readable. */
  public static void eventfd_write(int eventfd, long value) throws PosixException {
    Native.call(
        "eventfd_write",
        call -> call.check((int) EVENTFD_WRITE.invokeExact(call.state(), eventfd, value)));
  }

  /** Takes and clears the counter; 0 if nothing has been written. Does not block. */
  public static long eventfd_read(int eventfd) throws PosixException {
    return Native.call(
        "eventfd_read",
        call -> {
          MemorySegment value = call.arena().allocate(JAVA_LONG);
          int result = (int) EVENTFD_READ.invokeExact(call.state(), eventfd, value);
          if (result == -1 && call.errno() == Errno.EAGAIN.number()) {
            return 0L;
          }
          call.check(result);
          return value.get(JAVA_LONG, 0);
        });
  }
}
