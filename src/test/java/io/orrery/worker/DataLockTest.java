package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataLockTest {
  @TempDir private Path data;

  @Test
  void aDirectoryIsTakenOnceAndWhoHasItIsTold() throws Exception {
    long pid = ProcessHandle.current().pid();
    try (DataLock _ = DataLock.take(data)) {
      assertThatThrownBy(() -> DataLock.take(data))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another worker (process " + pid + ")")
          .hasMessageContaining(data.toString());
    }
  }

  @Test
  void aDirectoryThatWasLeftIsFreeAgainWhateverItsFileSays() throws Exception {
    DataLock.take(data).close();
    Files.writeString(data.resolve("lock"), "the number of a process that was killed");

    try (DataLock _ = DataLock.take(data)) {
      assertThat(data.resolve("lock")).hasContent("" + ProcessHandle.current().pid());
    }
  }
}
