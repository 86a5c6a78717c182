package io.orrery.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for the worker, its runner, or both, at random instants under a client that starts jobs
 * all the time. {@code -Dorrery.kills=1000} for a long one, {@code -Dorrery.seed=…} for the same
 * again.
 */
final class RandomKillsIT {
  private static final int KILLS = Integer.getInteger("orrery.kills", 6);
  private static final long SEED = Long.getLong("orrery.seed", System.nanoTime());

  @TempDir private Path directory;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final Random random = new Random(SEED);
  private final Map<String, Accepted> accepted = new HashMap<>();

  private final List<Instant> runnerKills = new ArrayList<>();

  /** A start, the exit code that the job should have, and when it was first asked. */
  private record Asked(StartJobRequest request, int code, Instant time) {}

  private record Accepted(Job job, Asked asked) {}

  /** Starts jobs until the worker is gone; each start that was not answered is repeated later. */
  private List<Future<?>> startMany(CrashSite site, AtomicBoolean stop, List<Asked> unanswered) {
    List<Future<?>> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(clients.submit(() -> startUntil(site, stop, unanswered)));
    }
    return starts;
  }

  private void startUntil(CrashSite site, AtomicBoolean stop, List<Asked> unanswered) {
    while (!stop.get()) {
      Asked asked;
      synchronized (random) {
        int code = random.nextInt(0, 120);
        asked = new Asked(site.request("0." + random.nextInt(10, 99), code), code, Instant.now());
      }
      if (!tryStart(site, asked)) {
        synchronized (unanswered) {
          unanswered.add(asked);
        }
        return;
      }
    }
  }

  private boolean tryStart(CrashSite site, Asked asked) {
    try {
      Job job = site.start(asked.request());
      synchronized (accepted) {
        accepted.put(job.getJobId(), new Accepted(job, asked));
      }
      return true;
    } catch (Exception failure) {
      assertThat(CrashSite.isOutage(failure)).as(failure.toString()).isTrue();
      return false;
    }
  }

  @AfterEach
  void close() {
    clients.close();
  }

  @Test
  void everyJobHasOneEndAndNeverTwoProcesses() throws Exception {
    List<Asked> unanswered = new ArrayList<>();
    try (CrashSite site = CrashSite.open(Files.createDirectory(directory.resolve("home")), "")) {
      site.restartOrderly();
      for (int kill = 0; kill < KILLS; kill++) {
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<?>> starts = startMany(site, stop, unanswered);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(0, 700));
        boolean worker = kill % 3 != 1;
        if (kill % 3 != 0) {
          killRunners(site);
        }
        if (worker) {
          site.worker().signal(Signal.KILL);
        }
        stop.set(true);
        for (Future<?> each : starts) {
          each.get();
        }
        if (worker) {
          site.restart();
        }
        for (Asked asked : List.copyOf(unanswered)) {
          Caller.eventually(() -> tryStart(site, asked));
          unanswered.remove(asked);
        }
      }
      check(site);
    }
  }

  private void killRunners(CrashSite site) {
    site.killRunners();
    runnerKills.add(Instant.now());
  }

  /** The invariants, after everything. */
  private void check(CrashSite site) throws Exception {
    Map<JobState, Integer> states = new HashMap<>();
    for (Accepted each : accepted.values()) {
      Job over = site.awaitEnd(each.job);
      states.merge(over.getState(), 1, Integer::sum);
      String what = "seed %d: %s".formatted(SEED, over);
      int processes = site.processes(over.getJobId());
      assertThat(processes).as(what).isLessThanOrEqualTo(1);
      String output = new String(site.admin().read(over).stdout(), UTF_8);
      assertThat(output).as(what).isEqualTo(processes == 0 ? "" : "one\ntwo\n");
      if (over.getState() == JobState.JOB_STATE_LOST) {
        assertThat(processes == 0 || runnerDiedUnder(each.asked, over)).as(what).isTrue();
      } else {
        assertThat(processes).as(what).isEqualTo(1);
        assertThat(over.getPid()).as(what).isEqualTo(pidOf(each.job, over));
        assertThat(over.getEnd().getExitCode()).as(what).isEqualTo(each.asked.code());
      }
    }
    site.restartOrderly();
    for (Accepted each : accepted.values()) {
      assertThat(CrashSite.isOver(site.admin().query(each.job))).isTrue();
    }
    System.out.printf("%d kills, jobs: %s, seed %d%n", KILLS, states, SEED);
  }

  private boolean runnerDiedUnder(Asked asked, Job over) {
    Instant end = Instant.ofEpochSecond(over.getEndTime().getSeconds() + 1);
    return runnerKills.stream().anyMatch(kill -> kill.isAfter(asked.time()) && kill.isBefore(end));
  }

  /** A job that was not answered for at first may have been over when it was. */
  private static int pidOf(Job told, Job over) {
    return told.getPid() == 0 ? over.getPid() : told.getPid();
  }
}
