package io.orrery.scheduler;

import io.orrery.job.JobState;
import io.orrery.v1.Job;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a change of a job: the room that it takes, its record, who waits for it, and
 * whether it is run again.
 */
final class JobChanges implements JobIndex.Listener {
  private final Registry registry;
  private final JobQueue.Parts parts;
  private final JobArrivals arrivals;
  private final JobQueue queue;
  private final LostJobs lost;
  private boolean restoring;

  JobChanges(Registry registry, JobQueue.Parts parts, JobArrivals arrivals, JobQueue queue) {
    this.registry = registry;
    this.parts = parts;
    this.arrivals = arrivals;
    this.queue = queue;
    this.lost = new LostJobs(parts, queue::retry);
  }

  /** To be called about once a second. */
  void tick() {
    lost.tick();
  }

  /** Takes up jobs that are in the store already. */
  void restore(Runnable taking) {
    restoring = true;
    try {
      taking.run();
    } finally {
      restoring = false;
    }
  }

  /** The store has lost what it knew: what is known here is told again. */
  void noteAgain() {
    parts.index().all().filter(JobIndex.Entry::confirmed).forEach(each -> note(each, null));
  }

  @Override
  public void changed(JobIndex.@Nullable Entry before, JobIndex.@Nullable Entry after) {
    JobIndex.Entry either = after == null ? before : after;
    if (either == null) {
      return;
    }
    if (after == null || after.state().isTerminal() || after.workerId().isEmpty()) {
      if (parts.rooms().release(either.id())) {
        queue.look();
      }
    } else {
      JobIndex.Room room = after.report().room();
      parts
          .rooms()
          .take(
              after.workerId(),
              after.id(),
              new Requirements.Amount(room.cpus(), room.memoryBytes()));
    }
    if (after == null) {
      arrivals.gone(either.id());
      return;
    }
    if (JobArrivals.isThere(after)) {
      queue.leave(after.id());
    }
    boolean told = after.confirmed() || after.state() == JobState.Name.LOST;
    if (told && isNews(before, after) && !restoring) {
      note(after, before == null ? null : before.state());
    }
    arrivals.changed(after);
  }

  private static boolean isNews(JobIndex.@Nullable Entry before, JobIndex.Entry after) {
    return before == null
        || before.confirmed() != after.confirmed()
        || before.state() != after.state()
        || before.attempt() != after.attempt()
        || (before.report().message() == null && after.report().message() != null)
        || hasLateEnd(before) != hasLateEnd(after);
  }

  private static boolean hasLateEnd(JobIndex.Entry entry) {
    Job message = entry.report().message();
    return message != null && message.hasLateEnd();
  }

  private void note(JobIndex.Entry entry, JobState.@Nullable Name before) {
    if (entry.state() == JobState.Name.LOST) {
      lost.add(entry, before);
      return;
    }
    Optional<Node> node = registry.byId(entry.workerId());
    if (node.isEmpty() || entry.report().message() == null) {
      return;
    }
    Job job = IndexedJobs.message(entry, node.get());
    // One that may be run again needs its record, which has all that was asked, until it is over.
    if (entry.attempt() >= job.getSpec().getMaxAttempts() || entry.state().isTerminal()) {
      parts.records().note(job);
    } else {
      parts
          .records()
          .get(entry.id())
          .onSuccess(
              record ->
                  record
                      .filter(_ -> parts.index().get(entry.id()).filter(entry::equals).isPresent())
                      .ifPresent(asked -> parts.records().note(inState(asked, job))));
    }
  }

  /** What was asked, and how far it has come: lists are filtered by that. */
  private static Job inState(Job asked, Job now) {
    Job.Builder job =
        asked.toBuilder()
            .setState(now.getState())
            .setAttempt(now.getAttempt())
            .setWorkerId(now.getWorkerId())
            .setWorkerName(now.getWorkerName());
    if (now.hasStartTime()) {
      job.setStartTime(now.getStartTime()).setPid(now.getPid());
    }
    return job.build();
  }
}
