package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.FaultPoint;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.SpecMapping;
import io.orrery.scheduler.OpenOrders.Order;
import io.orrery.scheduler.PlacementPass.Placed;
import io.orrery.security.Identity;
import io.orrery.v1.Job;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
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

  private final JobIndex index;
  private final JobRecords records;
  private final WorkerLinks links;
  private final OpenOrders open;
  private final Map<JobId, Integer> refusals = new HashMap<>();
  private Queue queue = new Queue((_, _, _) -> {}, (_, _, _) -> Future.failedFuture("not wired"));

  /** What becomes of jobs that no worker has taken. */
  record Queue(Again again, End end) {}

  /**
   * A job goes back into the line after it was not started, so often by now; without its record
   * where the store has not changed.
   */
  interface Again {
    void waits(Waiting job, Optional<Job> record, int times);
  }

  /** A job is over without having run. */
  interface End {
    Future<Job> with(Job record, JobState.Name state, String why);
  }

  JobOrders(Registry registry, JobIndex index, JobRecords records, WorkerLinks links) {
    this.index = index;
    this.records = records;
    this.links = links;
    this.open = new OpenOrders(registry, index, System::nanoTime);
  }

  void serve(Queue waits) {
    queue = waits;
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
        .onFailure(failure -> notStarted(placed, starting, failure))
        .recover(failure -> Future.failedFuture(withId(failure, id)));
  }

  private void notStarted(Placed placed, Job starting, Throwable failure) {
    if (!(failure instanceof ApiException refusal && refusal.isDefinite())) {
      open.doubt(placed.job(), starting);
    } else if (!OpenOrders.isForLater(refusal, placed.job(), starting.getAttempt())) {
      index.refused(placed.job().id());
      records.forget(placed.job().id());
    }
  }

  /** The caller may have left the id to us, and needs it to look whether the job was started. */
  static Throwable withId(Throwable failure, JobId id) {
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
   * @return false when there is no such job any more
   */
  boolean start(Placed placed, Optional<Job> known) {
    Waiting job = placed.job();
    Optional<JobIndex.Entry> entry = index.get(job.id());
    if (entry.isEmpty() || entry.get().state().isTerminal()) {
      return false;
    }
    index.put(IndexedJobs.ordered(entry.get(), placed.node().id()));
    (known.isPresent() ? Future.succeededFuture(known) : records.get(job.id()))
        .onSuccess(
            found ->
                found.ifPresentOrElse(record -> send(placed, record), () -> forgotten(job.id())))
        .onFailure(failure -> back(job, Optional.empty(), failure));
    return true;
  }

  /** The store has lost what it was told: nobody knows any more what was to be run. */
  void forgotten(JobId id) {
    index
        .get(id)
        .ifPresent(
            entry ->
                end(
                    IndexedJobs.waiting(entry),
                    "the store does not know any more what was to be run"));
  }

  private void end(Job job, String why) {
    refusals.remove(new JobId(job.getJobId()));
    queue
        .end()
        .with(job, JobState.Name.FAILED, why)
        .onFailure(lost -> LOG.warn("the end of job {} is not durable yet", job.getJobId(), lost));
  }

  private void send(Placed placed, Job job) {
    Job starting = QueuedJob.startingAt(job, placed.node());
    Order order = open.open(placed.job(), starting);
    order.goesOut();
    FaultPoint.BEFORE_ASSIGNED.pass();
    if (!open.isWanted(order)) {
      open.close(order); // lost or stopped meanwhile
      return;
    }
    records
        .save(starting)
        .onSuccess(
            _ -> {
              FaultPoint.AFTER_ASSIGNED.pass();
              attempt(placed.node(), starting, order);
            })
        .onFailure(
            failure -> {
              open.close(order);
              back(placed.job(), Optional.of(job), failure);
            });
  }

  /** No worker has taken the job. */
  private void back(Waiting job, Optional<Job> record, Throwable failure) {
    LOG.info("job {} waits again: {}", job.id(), failure.getMessage());
    int times = refusals.merge(job.id(), 1, Integer::sum);
    queue
        .again()
        .waits(job, record.map(known -> QueuedJob.waiting(known, known.getAttempt())), times);
  }

  private void attempt(Node node, Job starting, Order order) {
    if (!open.isWanted(order)) {
      open.close(order); // stopped meanwhile
      return;
    }
    CallOptions options =
        CallOptions.within(PATIENCE).onBehalfOf(Identity.parse(starting.getOwner()));
    order(node, starting, options)
        .onSuccess(_ -> open.close(order))
        .onFailure(failure -> failed(starting, order, failure));
  }

  private void failed(Job starting, Order order, Throwable failure) {
    LOG.info(
        "job {} was not started at worker {} ({}): {}",
        order.job().id(),
        starting.getWorkerName(),
        starting.getWorkerId(),
        failure.getMessage());
    if (!open.isWanted(order)) {
      open.close(order); // its worker has told of it, or it is lost
    } else if (!(failure instanceof ApiException refusal)
        || !OpenOrders.isRefusal(order, refusal)) {
      open.unanswered(order);
    } else if (OpenOrders.isForLater(refusal, order.job(), order.attempt())) {
      open.close(order);
      back(order.job(), Optional.of(starting), failure);
    } else {
      open.close(order);
      end(starting, String.valueOf(failure.getMessage()));
    }
  }

  /** A job of the store that a worker was given before this scheduler was started. */
  void takeUp(Job job) {
    if (job.getState() == io.orrery.v1.JobState.JOB_STATE_STARTING) {
      index.put(IndexedJobs.ordered(job));
      open.doubt(Waiting.of(job), job);
    } else {
      index.put(IndexedJobs.answered(job.getWorkerId(), job));
    }
  }

  /** A job that was lost before this scheduler was started; its worker may still tell its end. */
  void takeUpGivenUp(Job job) {
    index.restoreGivenUp(IndexedJobs.answered(job.getWorkerId(), job));
  }

  /** A job waits no more. */
  void forget(JobId id) {
    refusals.remove(id);
  }

  /** Asks again where the answer is not known; to be called about once a second. */
  void tick() {
    open.tick(
        (node, order) ->
            records
                .get(order.job().id())
                .onSuccess(found -> ask(node, order, found))
                .onFailure(_ -> open.unanswered(order)));
  }

  private void ask(Node node, Order order, Optional<Job> record) {
    if (record.isEmpty()) {
      askOnly(node, order);
    } else if (record.get().getAttempt() == order.attempt()) {
      attempt(node, QueuedJob.startingAt(record.get(), node), order);
    } else {
      open.unanswered(order);
    }
  }

  /** The store has lost what was to be run: the worker may have it, or nobody. */
  private void askOnly(Node node, Order order) {
    JobId id = order.job().id();
    Optional<JobIndex.Entry> entry = index.get(id);
    if (entry.isEmpty()) {
      open.close(order);
      return;
    }
    CallOptions options =
        CallOptions.within(PATIENCE).onBehalfOf(Identity.parse(entry.get().owner()));
    QueryJobRequest question = QueryJobRequest.newBuilder().setJobId(id.value()).build();
    links
        .call(node, WorkerGrpcClient.QueryJob, question, options)
        .onSuccess(
            answer -> {
              open.close(order);
              index.put(IndexedJobs.answered(node.id(), answer.getJob()));
            })
        .onFailure(
            failure -> {
              if (KnownJobs.isForgotten(failure) && open.isWanted(order)) {
                open.close(order);
                forgotten(id);
              } else {
                open.unanswered(order);
              }
            });
  }
}
