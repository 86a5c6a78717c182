package io.orrery.worker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;

/**
 * Removes directories with all that is in them. What a job has made there leads nowhere else: links
 * are removed and not followed, also when a process puts them there meanwhile (openat(2)).
 */
final class TreeRemoval {
  private TreeRemoval() {}

  /** Blocks for the disk. A directory that is not there is as good as removed. */
  static void remove(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null || !Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent)) {
      if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("this host has no openat(2), which removing " + directory + " needs");
      }
      remove(secure, directory.getFileName());
    }
  }

  private static void remove(SecureDirectoryStream<Path> parent, Path name) throws IOException {
    try {
      if (isDirectory(parent, name)) {
        try (SecureDirectoryStream<Path> children =
            parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
          for (Path child : children) {
            remove(children, child.getFileName());
          }
        }
        parent.deleteDirectory(name);
      } else {
        parent.deleteFile(name);
      }
    } catch (NoSuchFileException goneMeanwhile) {
      // That is what was wanted.
    }
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    return parent
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }
}
