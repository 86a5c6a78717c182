package io.orrery.output;

import io.orrery.posix.FileSpace;
import io.orrery.posix.Users;
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

  /** Whose bytes a disk does not take: some file systems keep the last blocks for root. */
  public enum Fullness {
    NOBODYS,
    OTHER_USERS,
    EVERYBODYS;

    /** Whether those of a job are among them; "" is a job of this process's own user. */
    public boolean isFor(String user) {
      return this == EVERYBODYS || (this == OTHER_USERS && !user.isEmpty());
    }
  }

  /** What was found: what there is too little of, for people, empty when there is enough. */
  public record Look(String shortage, Fullness fullness) {}

  /** Looks now. */
  public Look look() throws IOException {
    FileSpace.Room room = FileSpace.statvfs(directory.toString());
    return new Look(shortage(room), fullness(room));
  }

  private String shortage(FileSpace.Room room) {
    if (isShort(room.availableBytes(), room.totalBytes(), leastBytes)) {
      return "the disk of its data directory is nearly full; make room there";
    }
    return room.inodes() > 0 && isShort(room.availableInodes(), room.inodes(), LEAST_INODES)
        ? "the disk of its data directory has nearly no inodes left; remove files there"
        : "";
  }

  private static Fullness fullness(FileSpace.Room room) throws IOException {
    if (room.availableBytes() > 0) {
      return Fullness.NOBODYS;
    }
    return room.freeBytes() > 0 && Users.geteuid() == 0
        ? Fullness.OTHER_USERS
        : Fullness.EVERYBODYS;
  }

  private boolean isShort(long available, long total, long least) {
    return available < Math.min(least, (long) (total / 100.0 * leastPercent));
  }
}
