package io.orrery.posix;

/** What a child of posix_spawn does to its descriptors and directory, in order, before its exec. */
public sealed interface FileAction {

  /**
   * Makes {@code to} a copy of {@code from}, without close-on-exec.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man3/posix_spawn_file_actions_adddup2.3p.html">posix_spawn_file_actions_adddup2(3p)</a>
   */
  record Dup2(int from, int to) implements FileAction {}

  /**
   * Opens {@code path} as {@code descriptor}.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man3/posix_spawn_file_actions_addopen.3p.html">posix_spawn_file_actions_addopen(3p)</a>
   */
  record Open(int descriptor, String path, int flags, int mode) implements FileAction {}

  /** Goes to the directory {@code path} (glibc 2.29). */
  record Chdir(String path) implements FileAction {}

  /** Goes to the directory open as {@code descriptor} (glibc 2.29). */
  record Fchdir(int descriptor) implements FileAction {}

  /** Closes every descriptor from {@code lowest} up (glibc 2.34). */
  record CloseFrom(int lowest) implements FileAction {}
}
