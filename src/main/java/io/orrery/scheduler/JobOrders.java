package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.FaultPoint;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.SpecMapping;
import io.orrery.scheduler.PlacementPass.Placed;
import io.orrery.security.Identity;
import io.orrery.v1.Job;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders to workers to start the jobs that they were given. A worker that may have got an order
 * is asked again, and no other one; it knows the job by its id. It belongs to the scheduler's one
 * context.
 */
final class JobOrders {
  private static final Logger LOG = LoggerFactory.getLogger(JobOrders.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Registry registry;
  private final JobIndex index;
  private final JobRecords records;
  private final WorkerLinks links;
  private final Map<JobId, Integer> refusals = new HashMap<>();
  private final Map<JobId, Doubt> doubts = new HashMap<>();
  private Again again = (_, _, _) -> {};
  private End end = (_, _, _) -> Future.failedFuture("not wired");

  /** An order whose answer is not known. */
  private static final class Doubt {
    private final Waiting job;
    private boolean underWay;

    Doubt(Waiting job) {
      this.job = job;
    }
  }

  /** A job goes back into the line after its worker refused it, so often by now. */
  interface Again {
    void waits(Waiting job, Job record, int times);
  }

  /** A job is over without having run. */
  interface End {
    Future<Job> with(Job record, JobState.Name state, String why);
  }

  JobOrders(Registry registry, JobIndex index, JobRecords records, WorkerLinks links) {
    this.registry = registry;
    this.index = index;
    this.records = records;
    this.links = links;
  }

  /** What becomes of jobs that no worker has taken. */
  void onRefusal(Again waits, End ends) {
    again = waits;
    end = ends;
  }

  /**
   * Whether a worker has refused a job for reasons of its own, so that another may take it, or the
   * same one later. A caller who has named the worker wants to know that something is wrong there.
   */
  static boolean isForLater(Throwable failure, Waiting job) {
    return failure instanceof ApiException refusal
        && switch (refusal.reason()) {
          case DRAINING, STARTING, TOO_MANY_STREAMS -> true;
          case STORAGE_FAILED, WORKER_IDENTITY -> job.needs().workerId().isEmpty();
          default -> false;
        };
  }

  /**
   * Orders a job of which the store knows nothing yet: the worker's record will make it durable.
   *
   * @return fails with the refusal of the worker, which then does not have the job, or in doubt
   */
  Future<Job> startNow(Placed placed, Job job, CallOptions options) {
    JobId id = placed.job().id();
    Job starting = QueuedJob.startingAt(job, placed.node());
    index.put(IndexedJobs.ordered(starting));
    FaultPoint.BEFORE_ORDER.pass();
    records.note(starting);
    return order(placed.node(), starting, options)
        .onSuccess(_ -> FaultPoint.BEFORE_ANSWER.pass())
        .onFailure(
            failure -> {
              if (failure instanceof ApiException refusal && refusal.isDefinite()) {
                index.refused(id);
                records.forget(id);
              } else {
                doubts.put(id, new Doubt(placed.job()));
              }
            })
        .recover(failure -> Future.failedFuture(withId(failure, id)));
  }

  /** The caller may have left the id to us, and needs it to look whether the job was started. */
  private static Throwable withId(Throwable failure, JobId id) {
    return failure instanceof ApiException doubt && !doubt.isDefinite()
        ? doubt.with("job_id", id.value())
        : failure;
  }

  private Future<Job> order(Node node, Job job, CallOptions options) {
    StartJobRequest request =
        SpecMapping.toRequest(new JobId(job.getJobId()), SpecMapping.fromProto(job.getSpec()))
            .toBuilder()
            .setAttempt(job.getAttempt())
            .setCreateTime(job.getCreateTime())
            .build();
    Future<StartJobResponse> answer = links.call(node, WorkerGrpcClient.StartJob, request, options);
    FaultPoint.AFTER_ORDER.pass();
    return answer.map(
        started -> {
          index.put(IndexedJobs.answered(node.id(), started.getJob()));
          return started.getJob();
        });
  }

  /**
   * Orders a job that has waited. Where it goes is durable before the order goes out.
   *
   * @param known the job, where it is not in the store yet
   */
  void start(Placed placed, Optional<Job> known) {
    Waiting job = placed.job();
    index
        .get(job.id())
        .ifPresent(entry -> index.put(IndexedJobs.ordered(entry, placed.node().id())));
    (known.isPresent() ? Future.succeededFuture(known) : records.get(job.id()))
        .compose(found -> found.isPresent() ? send(placed, found.get()) : forgotten(job.id()))
        .onFailure(failure -> notAssigned(placed, failure));
  }

  /** The store has lost what it was told: nobody knows any more what was to be run. */
  private Future<Void> forgotten(JobId id) {
    return end.with(
            bare(id), JobState.Name.FAILED, "the store does not know any more what was to be run")
        .mapEmpty();
  }

  private Future<Void> send(Placed placed, Job job) {
    Job starting = QueuedJob.startingAt(job, placed.node());
    FaultPoint.BEFORE_ASSIGNED.pass();
    return records
        .save(starting)
        .onSuccess(
            _ -> {
              FaultPoint.AFTER_ASSIGNED.pass();
              Doubt doubt = new Doubt(placed.job());
              doubts.put(placed.job().id(), doubt);
              attempt(placed.node(), starting, doubt);
            });
  }

  /** The store did not take it: no worker has heard of it. */
  private void notAssigned(Placed placed, Throwable failure) {
    LOG.warn("job {} waits for the store: {}", placed.job().id(), failure.getMessage());
    records
        .get(placed.job().id())
        .onSuccess(found -> found.ifPresent(job -> back(placed.job(), job)))
        .onFailure(_ -> again.waits(placed.job(), bare(placed.job().id()), 1));
  }

  private Job bare(JobId id) {
    return index.get(id).map(IndexedJobs::waiting).orElseThrow();
  }

  private void back(Waiting job, Job record) {
    int times = refusals.merge(job.id(), 1, Integer::sum);
    again.waits(job, QueuedJob.waiting(record, record.getAttempt()), times);
  }

  private void attempt(Node node, Job starting, Doubt doubt) {
    JobId id = doubt.job.id();
    if (index.get(id).filter(entry -> !entry.state().isTerminal()).isEmpty()) {
      doubts.remove(id, doubt); // stopped meanwhile
      return;
    }
    doubt.underWay = true;
    CallOptions options =
        CallOptions.within(PATIENCE).onBehalfOf(Identity.parse(starting.getOwner()));
    order(node, starting, options)
        .onComplete(_ -> doubt.underWay = false)
        .onSuccess(
            _ -> {
              doubts.remove(id, doubt);
              refusals.remove(id);
            })
        .onFailure(failure -> failed(starting, doubt, failure));
  }

  private void failed(Job starting, Doubt doubt, Throwable failure) {
    JobId id = doubt.job.id();
    LOG.info(
        "job {} was not started at worker {} ({}): {}",
        id,
        starting.getWorkerName(),
        starting.getWorkerId(),
        failure.getMessage());
    if (isForLater(failure, doubt.job)) {
      doubts.remove(id, doubt);
      back(doubt.job, starting);
    } else if (failure instanceof ApiException refusal && refusal.isDefinite()) {
      doubts.remove(id, doubt);
      refusals.remove(id);
      end.with(starting, JobState.Name.FAILED, String.valueOf(failure.getMessage()))
          .onFailure(lost -> LOG.error("the end of job {} is not durable", id, lost));
    }
  }

  /** A job of the store that a worker was given before this scheduler was started. */
  void takeUp(Job job) {
    if (job.getState() == io.orrery.v1.JobState.JOB_STATE_STARTING) {
      index.put(IndexedJobs.ordered(job));
      Waiting waiting = Waiting.of(job);
      doubts.put(waiting.id(), new Doubt(waiting));
    } else {
      index.put(IndexedJobs.answered(job.getWorkerId(), job));
    }
  }

  /** A job that was lost before this scheduler was started; its worker may still tell its end. */
  void takeUpGivenUp(Job job) {
    if (registry.byId(job.getWorkerId()).isPresent()) {
      index.restoreGivenUp(IndexedJobs.answered(job.getWorkerId(), job));
    }
  }

  /** A job waits no more. */
  void forget(JobId id) {
    refusals.remove(id);
  }

  /** Asks again where the answer is not known; to be called about once a second. */
  void tick() {
    List<Doubt> open = new ArrayList<>(doubts.values());
    for (Doubt doubt : open) {
      JobId id = doubt.job.id();
      Optional<JobIndex.Entry> entry = index.get(id);
      if (entry.isEmpty() || entry.get().confirmed() || entry.get().state().isTerminal()) {
        doubts.remove(id, doubt);
      } else if (!doubt.underWay) {
        registry
            .byId(entry.get().workerId())
            .filter(Node::isReachable)
            .ifPresent(node -> askAgain(node, doubt));
      }
    }
  }

  private void askAgain(Node node, Doubt doubt) {
    doubt.underWay = true;
    records
        .get(doubt.job.id())
        .onSuccess(found -> found.ifPresent(job -> attempt(node, job, doubt)))
        .onFailure(_ -> doubt.underWay = false);
  }
}
