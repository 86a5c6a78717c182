package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobLookup;
import io.orrery.job.JobMap;
import io.orrery.job.JobState;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which worker has which job, whose it is, and what is known of it; it belongs to the scheduler's
 * one context. An end never changes, and a lower attempt never takes the place of a higher one.
 */
final class JobIndex {
  private final MessageBudget messages;
  private final JobMap<Entry> jobs = new JobMap<>(Entry::id);

  /** By worker; those that wait for one are not in it. */
  private final Map<String, Set<JobId>> live = new HashMap<>();

  private final Map<String, Set<JobId>> givenUp = new HashMap<>();
  private Listener listener = (_, _) -> {};

  JobIndex(MessageBudget messages) {
    this.messages = messages;
  }

  /** Where a job is, and whose; not confirmed while the worker has not said that it has it. */
  record Entry(JobId id, String workerId, String owner, boolean confirmed, Report report) {
    JobState.Name state() {
      return report.state();
    }

    int attempt() {
      return report.attempt();
    }

    private Entry with(Report next) {
      return new Entry(id, workerId, owner, confirmed, next);
    }

    /** The same with another message, or none. */
    Entry with(io.orrery.v1.@Nullable Job message) {
      return with(
          new Report(report.state, report.attempt, report.room, report.createTime, message));
    }
  }

  /**
   * What was last told of a job.
   *
   * @param message the job as lists show it; null where it is not known, or there was no room
   */
  record Report(
      JobState.Name state,
      int attempt,
      Room room,
      Instant createTime,
      io.orrery.v1.@Nullable Job message) {}

  /** What a job may use at the most; 0 is no limit. */
  record Room(double cpus, long memoryBytes) {
    private static final Room NOTHING = new Room(0, 0);

    static Room of(double cpus, long memoryBytes) {
      return cpus == 0 && memoryBytes == 0 ? NOTHING : new Room(cpus, memoryBytes);
    }
  }

  /** Is told of every change; what is null was not there before, or is not any more. */
  interface Listener {
    void changed(@Nullable Entry before, @Nullable Entry after);
  }

  /** Who is told of changes, after them. */
  void onChange(Listener changes) {
    listener = changes;
  }

  Optional<Entry> get(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /**
   * Takes a newer report of a job; answers whether it was taken: not when it is of a lower attempt,
   * or would change an end.
   */
  boolean put(Entry entry) {
    Entry before = jobs.get(entry.id());
    if (before != null && !mayFollow(before, entry)) {
      return false;
    }
    io.orrery.v1.Job known =
        before != null && before.attempt() == entry.attempt() ? before.report().message() : null;
    // A message of before still tells what was asked; its state is put right where it is shown.
    replace(before, entry.report().message() == null ? entry.with(known) : entry);
    return true;
  }

  private static boolean mayFollow(Entry before, Entry entry) {
    return entry.attempt() > before.attempt()
        || (entry.attempt() == before.attempt()
            && (!before.state().isTerminal() || before.state() == entry.state()));
  }

  private void replace(@Nullable Entry before, @Nullable Entry after) {
    if (before != null) {
      drop(live, before);
    }
    if (before != null && after != null && after.attempt() > before.attempt()) {
      drop(givenUp, before);
    }
    if (after == null) {
      listener.changed(before, null);
      return;
    }
    jobs.put(after);
    if (!after.state().isTerminal() && !after.workerId().isEmpty()) {
      live.computeIfAbsent(after.workerId(), _ -> new HashSet<>()).add(after.id());
    }
    messages.keep(after.id(), after.report().message()).forEach(this::strip);
    listener.changed(before, after);
  }

  /** There is no room any more for the message of the job. */
  private void strip(JobId id) {
    Entry entry = jobs.get(id);
    if (entry != null) {
      jobs.put(entry.with((io.orrery.v1.Job) null));
    }
  }

  private static void drop(Map<String, Set<JobId>> sets, Entry entry) {
    Set<JobId> ids = sets.get(entry.workerId());
    if (ids != null && ids.remove(entry.id()) && ids.isEmpty()) {
      sets.remove(entry.workerId());
    }
  }

  private void remove(Entry entry) {
    jobs.remove(entry.id());
    messages.forget(entry.id());
    drop(givenUp, entry);
    replace(entry, null);
  }

  /** The scheduler gives a job up as lost, whatever its worker will say; {@code lost} tells why. */
  void giveUp(Entry entry, io.orrery.v1.Job lost) {
    Report now = entry.report();
    Report report =
        new Report(JobState.Name.LOST, now.attempt(), now.room(), now.createTime(), lost);
    givenUp.computeIfAbsent(entry.workerId(), _ -> new HashSet<>()).add(entry.id());
    if (!put(entry.with(report))) {
      drop(givenUp, entry);
    }
  }

  /** A job that was given up before this scheduler was started. */
  void restoreGivenUp(Entry lost) {
    if (put(lost)) {
      givenUp.computeIfAbsent(lost.workerId(), _ -> new HashSet<>()).add(lost.id());
    }
  }

  /** Its worker has given the job up, too: it can tell of it again. */
  void agreed(Entry lost) {
    drop(givenUp, lost);
  }

  /** Whether the scheduler has given the job up, so that its worker cannot tell how it ended. */
  boolean isGivenUp(JobId id) {
    Entry entry = jobs.get(id);
    return entry != null && givenUp.getOrDefault(entry.workerId(), Set.of()).contains(id);
  }

  /** The jobs of a worker that the scheduler has given up. */
  List<Entry> givenUp(String workerId) {
    return entries(givenUp.getOrDefault(workerId, Set.of()));
  }

  /** The jobs of a worker that have not ended, as far as is known. */
  List<Entry> live(String workerId) {
    return entries(live.getOrDefault(workerId, Set.of()));
  }

  /** The workers that have jobs which have not ended. */
  Set<String> liveWorkers() {
    return Set.copyOf(live.keySet());
  }

  private List<Entry> entries(Set<JobId> ids) {
    return ids.stream().flatMap(id -> Optional.ofNullable(jobs.get(id)).stream()).toList();
  }

  Stream<Entry> all() {
    return jobs.values();
  }

  /** Forgets where a job was to go when the worker has refused it. */
  void refused(JobId id) {
    Entry entry = jobs.get(id);
    if (entry != null && !entry.confirmed()) {
      remove(entry);
    }
  }

  /** A worker does not know a job of its own any more. */
  void forget(JobId id, String workerId) {
    Entry entry = jobs.get(id);
    // An order that is under way has not reached it yet.
    if (entry != null && entry.confirmed() && entry.workerId().equals(workerId)) {
      remove(entry);
    }
  }

  /** A worker is not known any more, nor are its jobs that have ended, but those given up. */
  void forgetEnded(String workerId) {
    jobs.values()
        .filter(entry -> entry.workerId().equals(workerId) && entry.state().isTerminal())
        .filter(entry -> !isGivenUp(entry.id()))
        .toList()
        .forEach(this::remove);
  }

  /**
   * The one job that has this id, or whose id starts so, among those that the caller may see.
   *
   * @throws io.orrery.job.ApiException as {@link JobLookup#unique} does
   */
  Entry find(String idOrPrefix, Predicate<Entry> visible) {
    return JobLookup.unique(jobs, idOrPrefix, visible);
  }
}
