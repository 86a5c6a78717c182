package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.rpc.JobMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.v1.JobSummary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one message tells of jobs: a summary of each, and the job itself as long as there is room.
 */
final class JobReport {
  private final int room;
  private final List<JobSummary> summaries = new ArrayList<>();
  private final Set<JobId> whole = new HashSet<>();
  private int used;

  /** With so many bytes for the jobs themselves. */
  JobReport(int room) {
    this.room = room;
  }

  /** Tells of a job. */
  void add(Job job) {
    io.orrery.v1.Job message = ListedJobs.toProto(job);
    JobSummary summary = JobMapping.summary(job);
    if (isFull()) {
      summaries.add(summary);
      return;
    }
    used += message.getSerializedSize();
    summaries.add(summary.toBuilder().setJob(message).build());
    whole.add(job.id());
  }

  /** Whether there is no room for another job but its summary. */
  boolean isFull() {
    return used >= room;
  }

  List<JobSummary> summaries() {
    return summaries;
  }

  /** The jobs of which the message has all. */
  Set<JobId> whole() {
    return whole;
  }
}
