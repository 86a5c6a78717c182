package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.rpc.StateMapping;
import io.orrery.v1.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final Map<JobId, JobIndex.Entry> open = new LinkedHashMap<>();
  private int underWay;

  /** Runs the job again, as this attempt. */
  interface Again {
    void run(Job record, int attempt);
  }

  LostJobs(JobQueue.Parts parts, Again again) {
    this.parts = parts;
    this.again = again;
  }

  /** A job is lost, or more is known of one that was. */
  void add(JobIndex.Entry lost) {
    open.put(lost.id(), lost);
    settleSome();
  }

  /** Tries again for those whose record could not be read; to be called about once a second. */
  void tick() {
    settleSome();
  }

  private void settleSome() {
    if (parts.records().isAway()) {
      return;
    }
    for (JobIndex.Entry lost : List.copyOf(open.values())) {
      if (underWay >= AT_ONE_TIME) {
        return;
      }
      open.remove(lost.id());
      underWay++;
      parts
          .records()
          .get(lost.id())
          .onComplete(_ -> underWay--)
          .onFailure(_ -> open.putIfAbsent(lost.id(), lost))
          .onSuccess(record -> settle(lost, record));
    }
  }

  private void settle(JobIndex.Entry lost, Optional<Job> record) {
    Optional<JobIndex.Entry> now = parts.index().get(lost.id());
    boolean isOld = now.isPresent() && now.get().attempt() > lost.attempt();
    if (isOld) {
      return; // it is run again already
    }
    if (record.isPresent() && lost.attempt() < record.get().getSpec().getMaxAttempts()) {
      again.run(record.get(), lost.attempt() + 1);
    } else {
      parts.records().note(record.map(known -> lost(lost, known)).orElseGet(() -> told(lost)));
    }
    if (!open.isEmpty()) {
      settleSome();
    }
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
