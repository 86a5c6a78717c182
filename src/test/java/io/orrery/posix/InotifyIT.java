package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyIT {
  @TempDir Path directory;
  private int inotify;

  @BeforeEach
  void open() throws PosixException {
    inotify = Inotify.inotify_init1(Inotify.IN_NONBLOCK);
  }

  @AfterEach
  void close() throws PosixException {
    Descriptors.close(inotify);
  }

  @Test
  void nothingHappenedIsAnEmptyList() throws Exception {
    watch(directory, Inotify.IN_CREATE);

    assertThat(Inotify.read(inotify)).isEmpty();
  }

  @Test
  void eventsCarryWatchMaskAndName() throws Exception {
    int watch = watch(directory, Inotify.IN_CREATE | Inotify.IN_DELETE);
    Path file = Files.createFile(directory.resolve("a-rather-longer-name.txt"));
    Files.delete(file);

    assertThat(Inotify.read(inotify))
        .containsExactly(
            new InotifyEvent(watch, Inotify.IN_CREATE, "a-rather-longer-name.txt"),
            new InotifyEvent(watch, Inotify.IN_DELETE, "a-rather-longer-name.txt"));
  }

  @Test
  void aWatchOfAFileHasNoName() throws Exception {
    Path file = Files.createFile(directory.resolve("stdout"));
    int watch = watch(file, Inotify.IN_MODIFY);
    Files.writeString(file, "line\n");

    List<InotifyEvent> events = Inotify.read(inotify);
    assertThat(events).contains(new InotifyEvent(watch, Inotify.IN_MODIFY, ""));
    assertThat(events.getFirst().has(Inotify.IN_MODIFY | Inotify.IN_CREATE)).isTrue();
    assertThat(events.getFirst().has(Inotify.IN_CREATE)).isFalse();
  }

  @Test
  void aRemovedWatchIsIgnoredFromThenOn() throws Exception {
    int watch = watch(directory, Inotify.IN_CREATE);
    Inotify.inotify_rm_watch(inotify, watch);
    Files.createFile(directory.resolve("unseen"));

    assertThat(Inotify.read(inotify))
        .containsExactly(new InotifyEvent(watch, Inotify.IN_IGNORED, ""));
    assertThatThrownBy(() -> Inotify.inotify_rm_watch(inotify, watch))
        .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.is(Errno.EINVAL)).isTrue());
  }

  @Test
  void aMissingPathIsNamedInTheError() {
    assertThatThrownBy(() -> watch(directory.resolve("absent"), Inotify.IN_MODIFY))
        .isInstanceOf(PosixException.class)
        .hasMessageContaining("inotify_add_watch")
        .hasMessageContaining("absent: No such file or directory (ENOENT)");
  }

  @Test
  void epollWakesForAnEventAndForACounter() throws Exception {
    int epoll = Epoll.epoll_create1();
    int counter = Epoll.eventfd();
    try {
      Epoll.epoll_ctl_add(epoll, inotify);
      Epoll.epoll_ctl_add(epoll, counter);
      assertThat(Epoll.epoll_wait(epoll, 0)).isEmpty();

      Epoll.eventfd_write(counter, 1);
      assertThat(Epoll.epoll_wait(epoll, 1000)).containsExactly(counter);
      assertThat(Epoll.eventfd_read(counter)).isEqualTo(1);
      assertThat(Epoll.eventfd_read(counter)).isZero();

      watch(directory, Inotify.IN_CREATE);
      Files.createFile(directory.resolve("new"));
      assertThat(Epoll.epoll_wait(epoll, 1000)).containsExactly(inotify);
      Epoll.epoll_ctl_del(epoll, inotify);
      assertThat(Epoll.epoll_wait(epoll, 0)).isEmpty();
    } finally {
      Descriptors.close(counter);
      Descriptors.close(epoll);
    }
  }

  private int watch(Path path, int mask) throws PosixException {
    return Inotify.inotify_add_watch(inotify, path.toString(), mask);
  }
}
