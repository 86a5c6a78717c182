package io.orrery.process;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jobs alive; one that is being started has no watch yet, and none if that fails. */
final class AliveJobs {
  private static final long START_SECONDS = 2;

  private final ConcurrentMap<String, CompletableFuture<Optional<JobWatch>>> jobs =
      new ConcurrentHashMap<>();

  CompletableFuture<Optional<JobWatch>> reserve(String jobId) {
    CompletableFuture<Optional<JobWatch>> job = new CompletableFuture<>();
    if (jobs.putIfAbsent(jobId, job) != null) {
      throw new IllegalStateException("job " + jobId + " is alive");
    }
    return job;
  }

  /** It has come to no process. */
  void release(String jobId, CompletableFuture<Optional<JobWatch>> job) {
    jobs.remove(jobId, job);
    job.complete(Optional.empty());
  }

  void remove(String jobId) {
    jobs.remove(jobId);
  }

  @Nullable CompletableFuture<Optional<JobWatch>> find(String jobId) {
    return jobs.get(jobId);
  }

  /**
   * How a job goes on that is alive. Waits for a start under way, and gives up one that hangs: it
   * must not come to a process any more.
   */
  Optional<Resumption.Running> running(String jobId) {
    CompletableFuture<Optional<JobWatch>> job = jobs.get(jobId);
    if (job == null) {
      return Optional.empty();
    }
    Optional<JobWatch> watch =
        job.completeOnTimeout(Optional.empty(), START_SECONDS, TimeUnit.SECONDS).join();
    if (watch.isEmpty()) {
      jobs.remove(jobId, job);
    }
    return watch.map(each -> new Resumption.Running(each.child().started(), each.isStopping()));
  }

  Stream<JobWatch> watches() {
    return jobs.values().stream().flatMap(job -> job.getNow(Optional.empty()).stream());
  }

  Set<Integer> mains() {
    return watches().map(watch -> watch.child().pid()).collect(Collectors.toSet());
  }

  Set<String> ids() {
    return Set.copyOf(jobs.keySet());
  }
}
