package io.orrery.scheduler;

import static io.orrery.rpc.ListedJobs.brief;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.job.Reason;
import io.orrery.rpc.Call;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.StartJobValidation;
import io.orrery.security.JobAccess;
import io.orrery.v1.Job;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.SignalJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The calls that start and change one job: each goes to the worker that has it, or that shall have
 * it.
 */
final class JobCalls {
  /** A stop takes as long as its grace. */
  private static final Duration STOP_AT_MOST = Duration.ofHours(24);

  private final JobLocator locator;
  private final JobQueue queue;
  private final JobRecords records;
  private final KnownJobs known;
  private final JobArrivals arrivals;
  private final WorkerLinks links;

  JobCalls(
      JobLocator locator,
      JobQueue queue,
      JobRecords records,
      KnownJobs known,
      JobArrivals arrivals,
      WorkerLinks links) {
    this.locator = locator;
    this.queue = queue;
    this.records = records;
    this.known = known;
    this.arrivals = arrivals;
    this.links = links;
  }

  void bind(RpcServer server) {
    server
        .unary(WorkerGrpcService.StartJob, this::start)
        .unary(WorkerGrpcService.StopJob, STOP_AT_MOST, this::stop)
        .unary(WorkerGrpcService.SignalJob, this::signal);
  }

  private Future<StartJobResponse> start(Call call, StartJobRequest request) {
    StartJobValidation.check(request);
    JobSpec spec = SpecMapping.fromRequest(request);
    if (request.getJobId().isEmpty()) {
      return queue.submit(call, JobId.random(), spec).map(JobCalls::started);
    }
    JobId id = new JobId(request.getJobId());
    return locator
        .existing(id)
        .compose(
            known ->
                known.isPresent()
                    ? repeat(call, known.get(), spec)
                    : unlessRecorded(call, id, spec));
  }

  private static StartJobResponse started(Job job) {
    return StartJobResponse.newBuilder().setJobId(job.getJobId()).setJob(job).build();
  }

  /** A job that ended long ago is known to the store alone, without which it could run again. */
  private Future<StartJobResponse> unlessRecorded(Call call, JobId id, JobSpec spec) {
    if (!records.mayHave(id)) {
      return queue.submit(call, id, spec).map(JobCalls::started);
    }
    return records
        .get(id)
        .compose(
            record -> {
              Optional<JobIndex.Entry> meanwhile = locator.known(id);
              return meanwhile.isPresent()
                  ? repeat(call, meanwhile.get(), spec)
                  : record.isPresent()
                      ? same(call, record.get(), spec)
                      : queue.submit(call, id, spec).map(JobCalls::started);
            });
  }

  /**
   * The worker that has the job, or else its record, says whether this is the same one. No worker
   * is told to start it: one that does not know it any more would run it again.
   */
  private Future<StartJobResponse> repeat(Call call, JobIndex.Entry known, JobSpec spec) {
    if (!known.owner().equals(call.caller().uri())) {
      return Future.failedFuture(ApiException.jobIdTaken(known.id()));
    }
    if (known.workerId().isEmpty()) {
      return recorded(call, known, spec);
    }
    return arrivals
        .await(known, call.life().over())
        .compose(
            there ->
                there.workerId().isEmpty()
                    ? recorded(call, there, spec)
                    : atWorker(call, there, spec));
  }

  /** One that waits is known to the store alone; of one that is over the index may know. */
  private Future<StartJobResponse> recorded(Call call, JobIndex.Entry entry, JobSpec spec) {
    return entry.state().isTerminal()
        ? known.job(entry).compose(job -> same(call, job, spec))
        : records
            .get(entry.id())
            .compose(
                record ->
                    record.isPresent()
                        ? same(call, record.get(), spec)
                        : Future.failedFuture(notThereYet(entry.id())));
  }

  private Future<StartJobResponse> atWorker(Call call, JobIndex.Entry entry, JobSpec spec) {
    if (entry.state().isTerminal() && !known.isAsked(entry)) {
      return recorded(call, entry, spec);
    }
    return links
        .call(
            locator.reachable(entry.workerId()),
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.newBuilder().setJobId(entry.id().value()).build(),
            call.forwarded())
        .compose(
            answer ->
                SpecMapping.fromProto(answer.getJob().getSpec()).equals(spec)
                    ? Future.succeededFuture(started(answer.getJob()))
                    : Future.failedFuture(ApiException.jobIdTaken(entry.id())))
        .recover(
            failure ->
                KnownJobs.isForgotten(failure)
                    ? recorded(call, entry, spec)
                    : Future.failedFuture(failure));
  }

  private static ApiException notThereYet(JobId id) {
    return new ApiException(
        Reason.STARTING,
        "job " + id + " is on its way to a worker; try again",
        Map.of("job_id", id.value()));
  }

  /** The record of a job that has come to its worker has no more than lists show. */
  private static Future<StartJobResponse> same(Call call, Job record, JobSpec spec) {
    return record.getOwner().equals(call.caller().uri())
            && brief(SpecMapping.fromProto(record.getSpec())).equals(brief(spec))
        ? Future.succeededFuture(started(record))
        : Future.failedFuture(ApiException.jobIdTaken(new JobId(record.getJobId())));
  }

  private Future<StopJobResponse> stop(Call call, StopJobRequest request) {
    RequestValidation.check(request);
    return locator
        .find(request.getJobId(), call, JobAccess::mayChange)
        .compose(entry -> stop(call, entry, request));
  }

  private Future<StopJobResponse> stop(Call call, JobIndex.Entry entry, StopJobRequest request) {
    return queue
        .stop(entry.id(), "it was stopped by " + call.caller().uri() + " while it waited")
        .compose(
            over ->
                over.isPresent()
                    ? Future.succeededFuture(stopped(over.get()))
                    : stopElsewhere(call, entry, request));
  }

  private static StopJobResponse stopped(Job job) {
    return StopJobResponse.newBuilder().setJob(job).build();
  }

  /** It has a worker, or is on its way to one, or is over. */
  private Future<StopJobResponse> stopElsewhere(
      Call call, JobIndex.Entry entry, StopJobRequest request) {
    return arrivals
        .awaitOrQueued(entry, call.life().over())
        .compose(
            there -> {
              if (known.isLeftToUs(there)) {
                return known.job(there).map(JobCalls::stopped);
              }
              return there.workerId().isEmpty()
                  ? stop(call, there, request) // its worker did not take it
                  : stopAtWorker(call, there, request);
            });
  }

  private Future<StopJobResponse> stopAtWorker(
      Call call, JobIndex.Entry entry, StopJobRequest request) {
    return links
        .call(
            locator.reachable(entry.workerId()),
            WorkerGrpcClient.StopJob,
            request.toBuilder().setJobId(entry.id().value()).build(),
            call.forwarded())
        .recover(
            failure ->
                KnownJobs.isForgotten(failure) && entry.state().isTerminal()
                    ? known.job(entry).map(JobCalls::stopped)
                    : Future.failedFuture(failure));
  }

  private Future<SignalJobResponse> signal(Call call, SignalJobRequest request) {
    RequestValidation.check(request);
    return locator
        .find(request.getJobId(), call, JobAccess::mayChange)
        .compose(
            entry ->
                entry.workerId().isEmpty() || known.isLeftToUs(entry)
                    ? Future.failedFuture(noProcess(entry))
                    : links.call(
                        locator.reachable(entry.workerId()),
                        WorkerGrpcClient.SignalJob,
                        request.toBuilder().setJobId(entry.id().value()).build(),
                        call.forwarded()));
  }

  private static ApiException noProcess(JobIndex.Entry entry) {
    return entry.state().isTerminal()
        ? new ApiException(
            Reason.JOB_TERMINAL,
            "job " + entry.id() + " has ended as " + entry.state(),
            Map.of("job_id", entry.id().value()))
        : new ApiException(
            Reason.UNSUPPORTED,
            "job "
                + entry.id()
                + " waits for a worker and has no process to signal; `orrery stop`"
                + " takes it out of the queue",
            Map.of("job_id", entry.id().value()));
  }
}
