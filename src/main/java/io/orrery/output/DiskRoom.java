package io.orrery.output;

import io.orrery.posix.FileSpace;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The room that is left on the disk of a directory, and whether it is too little. Blocks.
 *
 * @param leastBytes there is enough with so many bytes, or with {@code leastPercent} of the disk
 */
public record DiskRoom(Path directory, long leastBytes, int leastPercent) {
  /** A job takes about ten. */
  private static final long LEAST_INODES = 1000;

  /** What there is too little of, for people; empty when there is enough. */
  public String shortage() throws IOException {
    FileSpace.Room room = FileSpace.statvfs(directory.toString());
    if (isShort(room.availableBytes(), room.totalBytes(), leastBytes)) {
      return "the disk of its data directory is nearly full; make room there";
    }
    return room.inodes() > 0 && isShort(room.availableInodes(), room.inodes(), LEAST_INODES)
        ? "the disk of its data directory has nearly no inodes left; remove files there"
        : "";
  }

  private boolean isShort(long available, long total, long least) {
    return available < Math.min(least, (long) (total / 100.0 * leastPercent));
  }
}
