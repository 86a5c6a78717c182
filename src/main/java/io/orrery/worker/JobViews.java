package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPage;
import io.orrery.job.ResourceUse;
import io.orrery.output.OutputFiles;
import io.orrery.process.AttemptRecord;
import io.orrery.process.RunningUse;
import io.orrery.security.Identity;
import io.orrery.security.JobAccess;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows jobs to those who may see them, with what they have written and used by now. */
final class JobViews {
  private static final Logger LOG = System.getLogger(JobViews.class.getName());

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

  /** A job as it is now, and what it has used by now; null where nobody can tell. */
  record InUse(Job job, @Nullable ResourceUse used) {}

  /** The job with its byte totals of now, and what it has used while its process runs. */
  Future<InUse> inUse(Job job) {
    return job.state().isTerminal() || job.process() == null
        ? fresh(job).map(now -> new InUse(now, null))
        : pool.executeBlocking(() -> new InUse(measured(job), used(job)), false);
  }

  /** A record that cannot be read is the runner's trouble: the job is shown all the same. */
  private @Nullable ResourceUse used(Job job) {
    try {
      return AttemptRecord.read(directories.directory(job.id()))
          .filter(attempt -> attempt.attempt() == job.site().attempt())
          .flatMap(RunningUse::read)
          .orElse(null);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "what job {0} uses: {1}", job.id(), e.getMessage());
      return null;
    }
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
