package io.orrery.posix;

/**
 * Something that happened to what an inotify descriptor watches.
 *
 * @param watch the watch descriptor; -1 if the queue overflowed and events are lost ({@link
 *     Inotify#IN_Q_OVERFLOW})
 * @param mask what happened, and flags such as {@link Inotify#IN_IGNORED}
 * @param name the file in the watched directory; empty if the watch is of a file, or the event of
 *     the directory itself
 */
public record InotifyEvent(int watch, int mask, String name) {

  /** Whether any of these bits is set. */
  public boolean has(int bits) {
    return (mask & bits) != 0;
  }
}
