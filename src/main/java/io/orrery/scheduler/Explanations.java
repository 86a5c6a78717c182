package io.orrery.scheduler;

import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.security.JobAccess;
import io.orrery.v1.ConstraintCount;
import io.orrery.v1.ExplainJobRequest;
import io.orrery.v1.ExplainJobResponse;
import io.orrery.v1.Job;
import io.orrery.v1.SchedulerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says why a job waits, in counts of workers for each thing that keeps it from them. */
final class Explanations {
  private final JobLocator locator;
  private final JobQueue queue;
  private final JobQueue.Parts parts;
  private final InstantSource clock;

  Explanations(JobLocator locator, JobQueue queue, JobQueue.Parts parts, InstantSource clock) {
    this.clock = clock;
    this.locator = locator;
    this.queue = queue;
    this.parts = parts;
  }

  void bind(RpcServer server) {
    server.unary(SchedulerGrpcService.ExplainJob, this::explain);
  }

  private Future<ExplainJobResponse> explain(Call call, ExplainJobRequest request) {
    return locator
        .find(request.getJobId(), call, JobAccess::mayRead)
        .compose(
            entry ->
                parts
                    .records()
                    .get(entry.id())
                    .map(job -> explain(entry, job.orElseGet(() -> IndexedJobs.waiting(entry)))));
  }

  private ExplainJobResponse explain(JobIndex.Entry entry, Job job) {
    ExplainJobResponse.Builder answer = ExplainJobResponse.newBuilder().setJob(job);
    Optional<Waiting> waiting = queue.backlog().line().get(entry.id());
    if (waiting.isPresent()) {
      return inLine(answer, waiting.get());
    }
    Optional<Duration> delayed = queue.backlog().delayed(entry.id());
    if (delayed.isPresent()) {
      return answer.setSummary(delayed(delayed.get(), clock.instant())).build();
    }
    if (entry.state().isTerminal()) {
      return answer.setSummary("the job has ended as " + entry.state()).build();
    }
    return answer
        .setSummary(
            entry.confirmed()
                ? "the job is " + entry.state() + " at worker " + entry.workerId()
                : "the job was given to worker "
                    + entry.workerId()
                    + ", which has not answered yet")
        .build();
  }

  /** Until when a job waits that is tried again in this time, in whole seconds. */
  static String delayed(Duration left, Instant now) {
    Duration rounded = Duration.ofSeconds(left.plusMillis(999).toSeconds());
    return "a worker did not take the job, or its run was lost; it is tried again in "
        + rounded.toSeconds()
        + " s, at "
        + now.plus(rounded).truncatedTo(ChronoUnit.SECONDS);
  }

  private ExplainJobResponse inLine(ExplainJobResponse.Builder answer, Waiting job) {
    Set<Room> reserved = PlacementPass.reservedBefore(job, queue.backlog().line(), parts.rooms());
    Map<Obstacle, Integer> obstacles = parts.rooms().obstacles(job.needs(), reserved);
    obstacles.forEach(
        (obstacle, workers) ->
            answer.addConstraints(
                ConstraintCount.newBuilder().setConstraint(obstacle.text()).setWorkers(workers)));
    long ahead = queue.backlog().line().ahead(job);
    int known = parts.rooms().all().size();
    return answer
        .setJobsAhead(ahead)
        .setSummary(
            known == 0
                ? "no worker has registered"
                : "of " + known + " workers " + PlacementRefusals.counts(obstacles))
        .build();
  }
}
