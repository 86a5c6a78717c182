package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileSpaceTest {
  private static final int HOLE = FileSpace.FALLOC_FL_PUNCH_HOLE | FileSpace.FALLOC_FL_KEEP_SIZE;

  @TempDir Path directory;

  private static void punch(Path file, int flags, long offset, long length) throws Exception {
    int descriptor = Descriptors.open(file.toString(), flags, 0);
    try {
      FileSpace.fallocate(descriptor, HOLE, offset, length);
    } finally {
      Descriptors.close(descriptor);
    }
  }

  @Test
  void aHoleReadsAsZerosAndTheSizeStays() throws Exception {
    Path file = directory.resolve("file");
    byte[] bytes = new byte[3 * 4096];
    java.util.Arrays.fill(bytes, (byte) 7);
    Files.write(file, bytes);

    punch(file, Descriptors.O_WRONLY, 0, 8192);

    byte[] read = Files.readAllBytes(file);
    assertThat(read).hasSize(bytes.length);
    assertThat(read[8191]).isZero();
    assertThat(read[8192]).isEqualTo((byte) 7);
  }

  @Test
  void whatIsNoRangeOrNotOpenForWritingIsRefused() throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[10]);

    assertThatThrownBy(() -> punch(file, Descriptors.O_WRONLY, 0, 0))
        .hasMessageContaining("fallocate")
        .hasMessageContaining("EINVAL");
    assertThatThrownBy(() -> punch(file, Descriptors.O_RDONLY, 0, 4096))
        .hasMessageContaining("EBADF");
  }

  @Test
  void theRoomIsThatOfTheFileSystem() throws Exception {
    FileSpace.Room room = FileSpace.statvfs(directory.toString());

    assertThat(room.totalBytes()).isEqualTo(Files.getFileStore(directory).getTotalSpace());
    assertThat(room.availableBytes()).isPositive().isLessThanOrEqualTo(room.totalBytes());
    assertThat(room.availableInodes()).isLessThanOrEqualTo(room.inodes());
    assertThatThrownBy(() -> FileSpace.statvfs(directory + "/nothing"))
        .hasMessageContaining("ENOENT");
  }

  @Test
  void aFileSystemIsFlushedByAnyDescriptorOfIt() throws Exception {
    int descriptor = Descriptors.open(directory.toString(), Descriptors.O_DIRECTORY, 0);
    FileSpace.syncfs(descriptor);
    Descriptors.close(descriptor);

    assertThatThrownBy(() -> FileSpace.syncfs(-1))
        .hasMessageContaining("syncfs")
        .hasMessageContaining("EBADF");
  }
}
