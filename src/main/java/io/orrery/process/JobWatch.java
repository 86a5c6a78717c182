package io.orrery.process;

import io.orrery.posix.Signal;
import io.orrery.process.Exit.Ending;
import io.orrery.process.ReaperLoop.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  private static final long STUCK_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private enum Stage {
    RUNNING,
    LEFTOVERS,
    OVER
  }

  private final JobTerms terms;
  private final Child child;
  private final ReaperLoop loop;
  private final Listener listener;
  private final ProcessTree tree;

  private Stage stage = Stage.RUNNING;
  private volatile Ending ending = Ending.BY_ITSELF;
  private Instant endTime = Instant.MAX;
  private CompletableFuture<TreeReport> report = new CompletableFuture<>();
  private @Nullable Deadline killAt;
  private @Nullable Deadline proofAt;
  private @Nullable Alarm timeoutAlarm;
  private @Nullable Alarm killAlarm;
  private @Nullable Alarm lookAlarm;
  private int looksNeeded = 1;
  private int emptyLooks;
  private boolean asked;
  private long pause = FIRST_PAUSE;

  /** Hears of a job, on the loop's thread. */
  interface Listener {
    /** SIGKILL does not end these; called again every second until it has. */
    void stuck(JobWatch job, List<Integer> survivors);

    /** The job is over; called once. */
    void over(JobWatch job, Exit exit);
  }

  JobWatch(JobTerms terms, Child child, ReaperLoop loop, Listener listener) {
    this.terms = terms;
    this.child = child;
    this.loop = loop;
    this.listener = listener;
    this.tree = new ProcessTree(child, terms.cookie());
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
      timeoutAlarm = loop.alarm(Deadline.after(child.start().nanos(), timeout), this::timeOut);
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

  /** Whether it was told to stop; may be asked by any thread. */
  boolean isStopping() {
    return ending == Ending.STOPPED;
  }

  void kill() {
    stop(Signal.KILL.number(), Duration.ZERO, Ending.STOPPED);
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
    endTime = endTime();
    stage = Stage.LEFTOVERS;
    pause = FIRST_PAUSE;
    proofAt = null;
    boolean young = !Deadline.after(child.start().nanos(), YOUNG).isDue();
    boolean quicker = child.group().isTracking() || !loop.hasTable();
    if (quicker && !tree.hasKnown() && tree.isPlainlyAlone(young)) {
      over();
    } else {
      look();
    }
  }

  /** By how long it ran, so that it ran that long also where the wall clock was set meanwhile. */
  private Instant endTime() {
    return child.started().startTime().plus(child.start().age());
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
          over();
          return;
        }
      } else {
        emptyLooks = 0;
        looksNeeded = 2;
        if (!killing) {
          askLeftovers();
          break;
        }
        kill(alive);
        if (pause == STUCK_PAUSE) {
          break;
        }
      }
    }
    cancel(lookAlarm);
    lookAlarm = loop.alarm(soon(), this::look);
    pause = pause == STUCK_PAUSE ? pause : Math.min(2 * pause, LAST_PAUSE);
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

  private void kill(List<Integer> alive) {
    if (proofAt == null) {
      proofAt = Deadline.after(System.nanoTime(), PROOF_TIME);
      pause = FIRST_PAUSE;
    }
    tree.signalGroup(Signal.KILL.number());
    tree.killGroup();
    tree.signalEach(Signal.KILL.number());
    if (proofAt.isDue()) {
      giveUp(alive);
    }
  }

  /** Those who wait are told; the job is watched on, as the kernel may let go of it yet. */
  private void giveUp(List<Integer> survivors) {
    pause = STUCK_PAUSE;
    CompletableFuture<TreeReport> waiting = report;
    report = new CompletableFuture<>();
    waiting.complete(reportOf(survivors));
    listener.stuck(this, survivors);
  }

  private void over() {
    stage = Stage.OVER;
    cancel(timeoutAlarm);
    cancel(killAlarm);
    cancel(lookAlarm);
    reap();
  }

  /** The main process is waited for last, so that its pid is nobody else's while signals fly. */
  private void reap() {
    MainStatus.take(child)
        .ifPresentOrElse(
            status -> listener.over(this, status.exit(child, endTime, ending, List.of())),
            () -> loop.alarm(soon(), this::reap));
  }
}
