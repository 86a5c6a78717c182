package io.orrery.process;

import io.orrery.posix.Signal;
import io.orrery.process.Exit.Ending;
import io.orrery.process.ReaperLoop.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one job from its start until nobody of its tree is left, and stops it when its time is
 * over or somebody asks. Only for the loop's thread.
 */
final class JobWatch {
  /** How long SIGKILL may take before those that are left are called survivors. */
  static final Duration PROOF_TIME = Duration.ofSeconds(5);

  /** Pids do not come round within this time: it would take 32,768 forks a second. */
  private static final Duration YOUNG = Duration.ofSeconds(Proc.pidMax() / 32_768);

  private static final int LOOKS_IN_A_ROW = 4;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LAST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  private enum Stage {
    RUNNING,
    LEFTOVERS,
    OVER
  }

  private final JobTerms terms;
  private final Child child;
  private final ReaperLoop loop;
  private final BiConsumer<JobWatch, Exit> announcer;
  private final ProcessTree tree;

  private Stage stage = Stage.RUNNING;
  private Ending ending = Ending.BY_ITSELF;
  private Instant endTime = Instant.MAX;
  private CompletableFuture<TreeReport> report = new CompletableFuture<>();
  private @Nullable Deadline killAt;
  private @Nullable Deadline proofAt;
  private @Nullable Alarm timeoutAlarm;
  private @Nullable Alarm killAlarm;
  private int looksNeeded = 1;
  private int emptyLooks;
  private boolean asked;
  private long pause = FIRST_PAUSE;

  /** {@code announcer} is called once, when the job is over. */
  JobWatch(JobTerms terms, Child child, ReaperLoop loop, BiConsumer<JobWatch, Exit> announcer) {
    this.terms = terms;
    this.child = child;
    this.loop = loop;
    this.announcer = announcer;
    this.tree = new ProcessTree(child, terms.jobId());
  }

  JobTerms terms() {
    return terms;
  }

  Child child() {
    return child;
  }

  /** What stops are waiting for. */
  CompletableFuture<TreeReport> report() {
    return report;
  }

  TreeReport reportOf(List<Integer> survivors) {
    return new TreeReport(survivors.isEmpty(), survivors, tree.killed());
  }

  void begin() {
    loop.watch(child.pidfd(), this::mainEnded);
    Duration timeout = terms.timeout();
    if (timeout != null) {
      timeoutAlarm = loop.alarm(Deadline.after(child.startNanos(), timeout), this::timeOut);
    }
  }

  void signal(int signal) {
    if (stage != Stage.OVER) {
      tree.signalGroup(signal);
    }
  }

  CompletableFuture<TreeReport> stop(int signal, Duration grace) {
    stop(signal, grace, Ending.STOPPED);
    return report;
  }

  private void timeOut() {
    stop(Signal.TERM.number(), terms.stopGrace(), Ending.TIMED_OUT);
  }

  private void stop(int signal, Duration grace, Ending because) {
    if (stage == Stage.RUNNING && mainIsAlive()) {
      ending = ending == Ending.BY_ITSELF ? because : ending;
      tree.signalGroup(signal);
      tree.signalGroup(Signal.CONT.number());
    }
    if (stage != Stage.OVER) {
      killWithin(grace);
    }
  }

  /** Also remembers who is in the tree now, while the parents are still there to tell. */
  private boolean mainIsAlive() {
    return tree.alive(loop.table()).contains(child.pid());
  }

  private void killWithin(Duration grace) {
    Deadline deadline = Deadline.after(System.nanoTime(), grace);
    if (killAt == null || deadline.isBefore(killAt)) {
      killAt = deadline;
      cancel(killAlarm);
      killAlarm = loop.alarm(deadline, this::look);
    }
  }

  private void cancel(@Nullable Alarm alarm) {
    if (alarm != null) {
      loop.cancel(alarm);
    }
  }

  private void mainEnded() {
    endTime = Instant.now();
    stage = Stage.LEFTOVERS;
    pause = FIRST_PAUSE;
    boolean young = !Deadline.after(child.startNanos(), YOUNG).isDue();
    if (young && !loop.hasTable() && !tree.hasKnown() && tree.isPlainlyAlone()) {
      over(List.of());
    } else {
      look();
    }
  }

  /** Looks for the tree, does what is due, and comes back until there is nobody or no hope. */
  private void look() {
    boolean killing = killAt != null && killAt.isDue();
    if (stage == Stage.OVER || (stage == Stage.RUNNING && !killing)) {
      return;
    }
    for (int i = 0; i < LOOKS_IN_A_ROW; i++) {
      List<Integer> alive = tree.alive(i == 0 ? loop.table() : ProcessTable.read());
      if (alive.isEmpty()) {
        emptyLooks++;
        if (stage == Stage.LEFTOVERS && emptyLooks >= looksNeeded) {
          over(List.of());
          return;
        }
      } else {
        emptyLooks = 0;
        looksNeeded = 2;
        if (!killing) {
          askLeftovers();
          break;
        }
        if (!kill(alive)) {
          return;
        }
      }
    }
    loop.alarm(soon(), this::look);
    pause = Math.min(2 * pause, LAST_PAUSE);
  }

  private Deadline soon() {
    return Deadline.after(System.nanoTime(), Duration.ofNanos(pause));
  }

  private void askLeftovers() {
    if (!asked) {
      asked = true;
      tree.signalEach(Signal.TERM.number());
      tree.signalEach(Signal.CONT.number());
    }
    if (killAt == null) {
      killWithin(terms.stopGrace());
    }
  }

  /** False when it has been tried for long enough. */
  private boolean kill(List<Integer> alive) {
    if (proofAt == null) {
      proofAt = Deadline.after(System.nanoTime(), PROOF_TIME);
      pause = FIRST_PAUSE;
    }
    if (proofAt.isDue()) {
      giveUp(alive);
      return false;
    }
    tree.signalGroup(Signal.KILL.number());
    tree.signalEach(Signal.KILL.number());
    return true;
  }

  /** A main process that cannot be killed is watched on: the exit is still to come. */
  private void giveUp(List<Integer> survivors) {
    if (stage == Stage.LEFTOVERS) {
      over(survivors);
    } else {
      killAt = null;
      proofAt = null;
      CompletableFuture<TreeReport> waiting = report;
      report = new CompletableFuture<>();
      waiting.complete(reportOf(survivors));
    }
  }

  private void over(List<Integer> survivors) {
    stage = Stage.OVER;
    cancel(timeoutAlarm);
    cancel(killAlarm);
    reap(survivors);
  }

  /** The main process is waited for last, so that its pid is nobody else's while signals fly. */
  private void reap(List<Integer> survivors) {
    MainStatus.take(child)
        .ifPresentOrElse(
            status -> announcer.accept(this, status.exit(endTime, ending, survivors)),
            () -> loop.alarm(soon(), () -> reap(survivors)));
  }
}
