package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.rpc.StateMapping;
import io.orrery.v1.Job;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of jobs that are lost: those that asked for that are run again, of the others the
 * loss is noted. Either takes the job's record, which alone has all that was asked; while the store
 * fails they are kept here. It belongs to the scheduler's one context.
 */
final class LostJobs {
  /** So many are looked up at one time. */
  private static final int AT_ONE_TIME = 500;

  private final JobQueue.Parts parts;
  private final Again again;
  private final Map<JobId, Lost> open = new LinkedHashMap<>();
  private int underWay;
  private boolean settling;

  /** A job, and whether somebody had asked that it be stopped: then nobody wants it run again. */
  private record Lost(JobIndex.Entry entry, boolean unwanted) {}

  /** Runs the job again, as this attempt. */
  interface Again {
    void run(Job record, int attempt);
  }

  LostJobs(JobQueue.Parts parts, Again again) {
    this.parts = parts;
    this.again = again;
  }

  /**
   * A job is lost, or more is known of one that was.
   *
   * @param before its state until then, null where it is not known
   */
  void add(JobIndex.Entry lost, JobState.@Nullable Name before) {
    Lost known = open.get(lost.id());
    boolean unwanted = before == JobState.Name.STOPPING || (known != null && known.unwanted());
    open.put(lost.id(), new Lost(lost, unwanted));
    settleSome();
  }

  /** Tries again for those whose record could not be read; to be called about once a second. */
  void tick() {
    settleSome();
  }

  /** A record that is at hand is settled in here, which must not begin this once more. */
  private void settleSome() {
    if (settling) {
      return;
    }
    settling = true;
    while (!open.isEmpty() && underWay < AT_ONE_TIME && !parts.records().isAway()) {
      Lost lost = open.values().iterator().next();
      JobId id = lost.entry().id();
      open.remove(id);
      underWay++;
      parts
          .records()
          .get(id)
          .onComplete(_ -> underWay--)
          .onFailure(_ -> open.putIfAbsent(id, lost))
          .onSuccess(record -> settle(lost, record));
    }
    settling = false;
  }

  private void settle(Lost given, Optional<Job> record) {
    JobIndex.Entry lost = given.entry();
    Optional<JobIndex.Entry> now = parts.index().get(lost.id());
    if (now.isPresent() && now.get().attempt() > lost.attempt()) {
      return; // it is run again already
    }
    boolean mayRun = !given.unwanted() && now.filter(LostJobs::hasEnded).isEmpty();
    if (mayRun && record.isPresent() && lost.attempt() < record.get().getSpec().getMaxAttempts()) {
      again.run(record.get(), lost.attempt() + 1);
    } else {
      parts.records().note(record.map(known -> lost(lost, known)).orElseGet(() -> told(lost)));
    }
    settleSome();
  }

  /** Its worker has told after all how it ended. */
  private static boolean hasEnded(JobIndex.Entry entry) {
    Job message = entry.report().message();
    return message != null && message.hasLateEnd();
  }

  private static Job told(JobIndex.Entry lost) {
    Job message = lost.report().message();
    return message == null ? lost(lost, IndexedJobs.waiting(lost)) : message;
  }

  /** The record with what is known of the loss. */
  private static Job lost(JobIndex.Entry lost, Job record) {
    Job.Builder job =
        record.toBuilder()
            .setState(StateMapping.toProto(lost.state()))
            .setAttempt(lost.attempt())
            .setWorkerId(lost.workerId());
    Job message = lost.report().message();
    if (message != null) {
      job.setWorkerName(message.getWorkerName())
          .setEnd(message.getEnd())
          .setEndTime(message.getEndTime());
      if (message.hasStartTime()) {
        job.setStartTime(message.getStartTime()).setPid(message.getPid());
      }
      if (message.hasLateEnd()) {
        job.setLateEnd(message.getLateEnd());
      }
    }
    return job.build();
  }
}
