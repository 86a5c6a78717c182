package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnIT {
  private static final List<String> NO_ENVIRONMENT = List.of();

  @TempDir Path directory;

  @Test
  void aChildsExitCodeAndTimesComeBack() throws Exception {
    int pid =
        Spawn.posix_spawn("/bin/sh", List.of(), List.of("sh", "-c", "exit 7"), NO_ENVIRONMENT);

    ChildStatus status = Waiting.wait4(pid, 0).orElseThrow();
    assertThat(status.exited()).isTrue();
    assertThat(status.exitCode()).isEqualTo(7);
    assertThat(status.userTime()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
    assertThat(status.maxRss()).isPositive();
  }

  @Test
  void aPidfdIsReadableOnceTheChildHasEndedAndSignalsOnlyIt() throws Exception {
    int pid = Spawn.posix_spawn("/bin/sleep", List.of(), List.of("sleep", "60"), NO_ENVIRONMENT);
    int pidfd = Waiting.pidfd_open(pid);
    int epoll = Epoll.epoll_create1();
    Epoll.epoll_ctl_add(epoll, pidfd);
    assertThat(Epoll.epoll_wait(epoll, 0)).isEmpty();
    assertThat(Waiting.wait4(pid, Waiting.WNOHANG)).isEmpty();

    Signals.pidfd_send_signal(pidfd, Signal.KILL.number());
    assertThat(Epoll.epoll_wait(epoll, 5000)).containsExactly(pidfd);
    ChildStatus status = Waiting.wait4(pid, 0).orElseThrow();
    assertThat(status.exited()).isFalse();
    assertThat(status.signal()).isEqualTo(9);
    assertThatThrownBy(() -> Signals.pidfd_send_signal(pidfd, 9)).hasMessageContaining("ESRCH");
    Descriptors.close(pidfd);
    Descriptors.close(epoll);
  }

  @Test
  void actionsSetDescriptorsAndDirectory() throws Exception {
    Path out = directory.resolve("out");
    int flags = Descriptors.O_WRONLY | Descriptors.O_CREAT | Descriptors.O_APPEND;
    int pid =
        Spawn.posix_spawn(
            "/bin/sh",
            List.of(
                new FileAction.Open(1, out.toString(), flags, 0600),
                new FileAction.Dup2(1, 2),
                new FileAction.Chdir(directory.toString()),
                new FileAction.CloseFrom(3)),
            List.of("sh", "-c", "pwd; echo error >&2; echo /proc/$$/fd/*"),
            NO_ENVIRONMENT);
    Waiting.wait4(pid, 0);

    // 3 is the directory that the shell itself reads; one inherited would make it 4.
    assertThat(Files.readString(out))
        .isEqualTo(
            "%s\nerror\n/proc/%2$d/fd/0 /proc/%2$d/fd/1 /proc/%2$d/fd/2 /proc/%2$d/fd/3\n"
                .formatted(directory.toRealPath(), pid));
  }

  @Test
  void whatFailsInTheChildIsAnErrorOfTheCallAndLeavesNoChild() {
    assertThatThrownBy(() -> Spawn.posix_spawn("/no/such", List.of(), List.of("x"), NO_ENVIRONMENT))
        .isInstanceOf(PosixException.class)
        .hasMessage("posix_spawn /no/such: No such file or directory (ENOENT)");
  }

  @Test
  void aNulCannotBePassed() {
    assertThatThrownBy(
            () -> Spawn.posix_spawn("/bin/true", List.of(), List.of("a\0b"), NO_ENVIRONMENT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Spawn.posix_spawn("/bin/true", List.of(), List.of("a\ud800"), NO_ENVIRONMENT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noGroupOfStrangersCanBeSignalledOrReaped() {
    for (int pid : new int[] {-1, 0, 1}) {
      assertThatThrownBy(() -> Signals.kill(pid, 0)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Waiting.wait4(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void openat2StaysBeneathItsDirectory() throws Exception {
    Files.writeString(directory.resolve("inside"), "text");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/etc/passwd"));
    int parent = Descriptors.open(directory.toString(), Descriptors.O_PATH, 0);

    int file = Descriptors.openat2(parent, "inside", 0, Descriptors.RESOLVE_BENEATH);
    assertThat(Descriptors.read(file, 100)).asString().isEqualTo("text");
    assertThat(Descriptors.read(file, 100)).isEmpty();
    assertThatThrownBy(() -> Descriptors.openat2(parent, "link", 0, Descriptors.RESOLVE_BENEATH))
        .hasMessageContaining("EXDEV");
    Files.delete(link);
    Descriptors.close(file);
    Descriptors.close(parent);
    assertThatThrownBy(() -> Descriptors.close(parent)).hasMessageContaining("EBADF");
  }
}
