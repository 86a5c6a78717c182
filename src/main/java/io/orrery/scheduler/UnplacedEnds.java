package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/**
 * The ends of jobs that have not run: the record alone tells of them once they are durable. It
 * belongs to the scheduler's one context.
 */
final class UnplacedEnds {
  private final JobQueue.Parts parts;
  private final InstantSource clock;
  private final Set<JobId> untold = new HashSet<>();

  UnplacedEnds(JobQueue.Parts parts, InstantSource clock) {
    this.parts = parts;
    this.clock = clock;
  }

  /** Completes when the end is durable; where it fails, the store is told of it later. */
  Future<Job> end(Job job, JobState.Name state, String why) {
    Job over = QueuedJob.ended(job, state, why, clock.instant());
    JobId id = new JobId(over.getJobId());
    return parts
        .records()
        .save(over)
        .onFailure(
            _ -> {
              parts.records().note(over);
              untold.add(id);
            })
        .onComplete(_ -> parts.index().put(IndexedJobs.queued(over)))
        .onSuccess(_ -> parts.index().refused(id))
        .map(over);
  }

  /** No worker will ever forget them; to be called about once a second. */
  void tick() {
    untold.removeIf(
        id -> {
          boolean durable = !parts.records().isUnsaved(id);
          if (durable) {
            parts.index().refused(id);
          }
          return durable;
        });
  }
}
