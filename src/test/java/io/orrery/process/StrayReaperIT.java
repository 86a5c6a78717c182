package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.ChildStatus;
import io.orrery.posix.Spawn;
import io.orrery.posix.Waiting;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrayReaperIT {
  /** A child of this JVM that has ended and has not been waited for. */
  private static int zombie(String script) throws Exception {
    int pid = Spawn.posix_spawn("/bin/sh", List.of(), List.of("sh", "-c", script), List.of());
    RunnerFixture.await(() -> Proc.entry(pid).orElseThrow().gone());
    return pid;
  }

  @Test
  void waitsForStraysAndLeavesTheStatusOfAMainProcess() throws Exception {
    int first = zombie("exit 7");
    int stray = zombie("exit 8");
    int second = zombie("exit 9");

    new StrayReaper(() -> Set.of(first, second)).sweep();

    assertThat(Proc.entry(stray)).isEmpty();
    assertThat(Waiting.wait4(first, 0).map(ChildStatus::exitCode)).contains(7);
    assertThat(Waiting.wait4(second, 0).map(ChildStatus::exitCode)).contains(9);
  }

  @Test
  void withoutChildrenThereIsNothingToDo() {
    new StrayReaper(Set::of).sweep();
  }
}
