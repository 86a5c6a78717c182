package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Stops a job twice: between the two stops a process of it ends, which the first has seen, and a
 * stranger gets its pid. To be run in a pid namespace of its own, whose next pid it sets.
 */
final class PidReuseProbe {
  private static final String JOB =
      "trap : TERM; sleep 1000 & echo $! > tmp; mv tmp child; wait; wait; echo > alone;"
          + " while :; do read line < /proc/loadavg; done";

  private PidReuseProbe() {}

  /** Arguments: an empty directory. Says "spared" or what went wrong. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Launch launch =
        new Launch(
            new JobTerms("probe", 1, directory, null, Duration.ofSeconds(1)),
            List.of("/bin/sh", "-c", JOB),
            Map.of("PATH", "/usr/bin:/bin"),
            directory,
            StreamSetup.FILES,
            Confinement.NONE);
    CompletableFuture<Exit> ended = new CompletableFuture<>();
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      runner.spawn(launch, ended::complete);
      int child = RunnerFixture.pidIn(directory.resolve("child"));
      var first = runner.stop("probe", 15, Duration.ofMinutes(5));
      RunnerFixture.await(() -> Files.exists(directory.resolve("alone")));
      RunnerFixture.await(() -> Proc.entry(child).isEmpty());
      Process stranger = strangerWith(child);
      runner.stop("probe", 15, Duration.ZERO).get(30, SECONDS);
      System.out.println(first.get(1, SECONDS).empty() && stranger.isAlive() ? "spared" : "killed");
      stranger.destroyForcibly();
    }
  }

  private static Process strangerWith(int pid) throws Exception {
    List<Long> tried = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Files.writeString(Path.of("/proc/sys/kernel/ns_last_pid"), Integer.toString(pid - 1));
      Process process = new ProcessBuilder("sleep", "1000").start();
      if (process.pid() == pid) {
        return process;
      }
      tried.add(process.pid());
      process.destroyForcibly().waitFor();
    }
    throw new AssertionError("the pid " + pid + " does not come again: " + tried);
  }
}
