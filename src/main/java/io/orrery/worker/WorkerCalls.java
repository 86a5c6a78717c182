package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.rpc.Call;
import io.orrery.rpc.JobMapping;
import io.orrery.rpc.ListMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.StartJobValidation;
import io.orrery.rpc.Times;
import io.orrery.security.Role;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.SignalJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;

/** The worker's answers to the calls about jobs, but for their output. */
final class WorkerCalls {
  private static final int SIGTERM = 15;

  /** A stop takes as long as its grace. */
  private static final Duration STOP_AT_MOST = Duration.ofHours(24);

  private final Jobs jobs;
  private final JobStopping stopping;
  private final JobViews views;
  private final StartPolicy policy;
  private final WorkerIdentity self;

  WorkerCalls(
      Jobs jobs, JobStopping stopping, JobViews views, StartPolicy policy, WorkerIdentity self) {
    this.jobs = jobs;
    this.stopping = stopping;
    this.views = views;
    this.policy = policy;
    this.self = self;
  }

  void bind(RpcServer server) {
    server
        .unary(WorkerGrpcService.StartJob, this::start)
        .unary(WorkerGrpcService.StopJob, STOP_AT_MOST, this::stop)
        .unary(WorkerGrpcService.QueryJob, this::query)
        .unary(WorkerGrpcService.ListJobs, this::list)
        .unary(WorkerGrpcService.SignalJob, this::signal);
  }

  private Future<StartJobResponse> start(Call call, StartJobRequest request) {
    StartJobValidation.check(request);
    JobSpec spec = SpecMapping.fromRequest(request);
    JobId id = request.getJobId().isEmpty() ? JobId.random() : new JobId(request.getJobId());
    boolean first = call.peer().role() != Role.SCHEDULER;
    if (!views.isKnown(id)) {
      policy.check(spec, self);
      if (first) {
        StartPolicy.checkDirect(spec, self);
      }
    }
    return jobs.start(
            new NewJob(
                id,
                spec,
                call.caller().uri(),
                first ? 1 : Math.max(1, request.getAttempt()),
                Times.instantIf(!first && request.hasCreateTime(), request.getCreateTime())))
        .map(
            job ->
                StartJobResponse.newBuilder()
                    .setJobId(job.id().value())
                    .setJob(JobMapping.toProto(job))
                    .build());
  }

  private Future<StopJobResponse> stop(Call call, StopJobRequest request) {
    RequestValidation.check(request);
    int signal = request.getSignal() == 0 ? SIGTERM : request.getSignal();
    Duration grace = request.hasGrace() ? Times.duration(request.getGrace()) : null;
    Job job = views.changeable(request.getJobId(), call.caller());
    return stopping
        .stop(job, signal, grace)
        .map(
            stopped ->
                StopJobResponse.newBuilder()
                    .setJob(JobMapping.toProto(stopped.job()))
                    .addAllSurvivingPids(stopped.survivors())
                    .build());
  }

  private Future<QueryJobResponse> query(Call call, QueryJobRequest request) {
    return views
        .inUse(views.readable(request.getJobId(), call.caller()))
        .map(
            now ->
                QueryJobResponse.newBuilder()
                    .setJob(JobMapping.toProto(now.job(), now.used()))
                    .build());
  }

  private Future<ListJobsResponse> list(Call call, ListJobsRequest request) {
    JobFilter filter = ListMapping.filter(request);
    return views
        .list(filter, call.caller(), request.getPageSize(), request.getPageToken())
        .map(
            page ->
                ListedJobs.page(
                        page.jobs().stream().map(ListedJobs::toProto),
                        page.jobs().size(),
                        !page.nextPageToken().isEmpty())
                    .build());
  }

  private Future<SignalJobResponse> signal(Call call, SignalJobRequest request) {
    RequestValidation.check(request);
    Job job = views.changeable(request.getJobId(), call.caller());
    return stopping
        .signal(job, request.getSignal())
        .map(now -> SignalJobResponse.newBuilder().setJob(JobMapping.toProto(now)).build());
  }
}
