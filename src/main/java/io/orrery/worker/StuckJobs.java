package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.Context;
import java.util.List;
import java.util.TreeSet;

/**
 * The jobs that SIGKILL does not end. They are shown as stopping, with their processes, and keep
 * the worker from taking new jobs until they are gone: what they hold is held.
 */
final class StuckJobs {
  private final Context context;
  private final JobTable table;
  private final Jobs jobs;
  private final Fitness fitness;
  private final TreeSet<JobId> stuck = new TreeSet<>();

  /** {@code context} is the worker's one. */
  StuckJobs(Context context, JobTable table, Jobs jobs, Fitness fitness) {
    this.context = context;
    this.table = table;
    this.jobs = jobs;
    this.fitness = fitness;
  }

  /** Called on any thread, again and again while it is so. */
  void stuck(String jobId, List<Integer> survivors) {
    context.runOnContext(_ -> show(new JobId(jobId), survivors));
  }

  private void show(JobId id, List<Integer> survivors) {
    Job job = table.get(id);
    JobState.ProcessStart process = job == null ? null : job.process();
    if (job == null || process == null || job.state().isTerminal()) {
      return;
    }
    JobState.Stopping now = new JobState.Stopping(process, survivors);
    if (!now.equals(job.state())) {
      stuck.add(id);
      judge();
      jobs.change(job.in(now));
    }
  }

  /** Called on any thread for every change of a job. */
  void changed(Job job) {
    if (job.state().isTerminal()) {
      context.runOnContext(
          _ -> {
            if (stuck.remove(job.id())) {
              judge();
            }
          });
    }
  }

  private void judge() {
    if (stuck.isEmpty()) {
      fitness.over(Fitness.Trouble.UNKILLABLE);
    } else {
      fitness.suffer(
          Fitness.Trouble.UNKILLABLE,
          "SIGKILL does not end processes of job " + String.join(", ", ids()));
    }
  }

  private List<String> ids() {
    return stuck.stream().map(JobId::value).toList();
  }
}
