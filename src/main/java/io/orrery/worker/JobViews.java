package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPage;
import io.orrery.output.OutputFiles;
import io.orrery.security.Identity;
import io.orrery.security.JobAccess;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Shows jobs to those who may see them, with the bytes that they have written by now. */
final class JobViews {
  private final JobTable table;
  private final JobDirectories directories;
  private final WorkerExecutor pool;

  JobViews(JobTable table, JobDirectories directories, WorkerExecutor pool) {
    this.table = table;
    this.directories = directories;
    this.pool = pool;
  }

  /**
   * The job that the caller may see and whose id starts so; throws as {@link JobTable#find} does.
   */
  Job readable(String idOrPrefix, Identity caller) {
    return table.find(idOrPrefix, job -> JobAccess.mayRead(caller, job.owner()));
  }

  /**
   * The job that the caller may change and whose id starts so; throws as {@link JobTable#find}
   * does.
   */
  Job changeable(String idOrPrefix, Identity caller) {
    return table.find(idOrPrefix, job -> JobAccess.mayChange(caller, job.owner()));
  }

  /** Whether there is a job of this id, whosever it is. */
  boolean isKnown(JobId id) {
    return table.get(id) != null;
  }

  /** The job with its byte totals of now. */
  Future<Job> fresh(Job job) {
    return job.state().isTerminal()
        ? Future.succeededFuture(job)
        : pool.executeBlocking(() -> measured(job), false);
  }

  /** A job that is known, with its byte totals of now. */
  Future<Job> now(JobId id) {
    return table
        .lookUp(id)
        .map(this::fresh)
        .orElseGet(() -> Future.failedFuture(ApiException.jobNotFound(id.value())));
  }

  /** A page of the jobs that the caller may see, with their byte totals of now. */
  Future<JobPage> list(JobFilter filter, Identity caller, int pageSize, String pageToken) {
    JobPage page =
        table.list(filter, job -> JobAccess.mayRead(caller, job.owner()), pageSize, pageToken);
    if (page.jobs().stream().allMatch(job -> job.state().isTerminal())) {
      return Future.succeededFuture(page);
    }
    return pool.<JobPage>executeBlocking(
        () -> {
          List<Job> jobs = new ArrayList<>();
          for (Job job : page.jobs()) {
            jobs.add(measured(job));
          }
          return new JobPage(jobs, page.nextPageToken());
        },
        false);
  }

  private Job measured(Job job) throws IOException {
    if (job.state().isTerminal()) {
      return job;
    }
    try (OutputFiles files = new OutputFiles(directories.directory(job.id()))) {
      return job.with(files.sizes());
    }
  }
}
