package io.orrery.cli;

import io.orrery.cli.grpc.Rpc;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachJobResponse;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.DrainWorkerResponse;
import io.orrery.v1.ExplainJobRequest;
import io.orrery.v1.ExplainJobResponse;
import io.orrery.v1.ForgetWorkerRequest;
import io.orrery.v1.ForgetWorkerResponse;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.ResumeWorkerRequest;
import io.orrery.v1.ResumeWorkerResponse;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.SignalJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;

/** The remote procedures that the commands call. */
final class Api {
  static final Rpc<StartJobRequest, StartJobResponse> START_JOB =
      new Rpc<>("/orrery.v1.Worker/StartJob", StartJobRequest.parser(), StartJobResponse.parser());
  static final Rpc<StopJobRequest, StopJobResponse> STOP_JOB =
      new Rpc<>("/orrery.v1.Worker/StopJob", StopJobRequest.parser(), StopJobResponse.parser());
  static final Rpc<QueryJobRequest, QueryJobResponse> QUERY_JOB =
      new Rpc<>("/orrery.v1.Worker/QueryJob", QueryJobRequest.parser(), QueryJobResponse.parser());
  static final Rpc<StreamJobRequest, StreamJobResponse> STREAM_JOB =
      new Rpc<>(
          "/orrery.v1.Worker/StreamJob", StreamJobRequest.parser(), StreamJobResponse.parser());
  static final Rpc<ListJobsRequest, ListJobsResponse> LIST_JOBS =
      new Rpc<>("/orrery.v1.Worker/ListJobs", ListJobsRequest.parser(), ListJobsResponse.parser());
  static final Rpc<SignalJobRequest, SignalJobResponse> SIGNAL_JOB =
      new Rpc<>(
          "/orrery.v1.Worker/SignalJob", SignalJobRequest.parser(), SignalJobResponse.parser());
  static final Rpc<ListWorkersRequest, ListWorkersResponse> LIST_WORKERS =
      new Rpc<>(
          "/orrery.v1.Scheduler/ListWorkers",
          ListWorkersRequest.parser(),
          ListWorkersResponse.parser());

  static final Rpc<AttachJobRequest, AttachJobResponse> ATTACH_JOB =
      new Rpc<>(
          "/orrery.v1.Worker/AttachJob", AttachJobRequest.parser(), AttachJobResponse.parser());

  static final Rpc<DrainWorkerRequest, DrainWorkerResponse> DRAIN_WORKER =
      new Rpc<>(
          "/orrery.v1.Scheduler/DrainWorker",
          DrainWorkerRequest.parser(),
          DrainWorkerResponse.parser());
  static final Rpc<ResumeWorkerRequest, ResumeWorkerResponse> RESUME_WORKER =
      new Rpc<>(
          "/orrery.v1.Scheduler/ResumeWorker",
          ResumeWorkerRequest.parser(),
          ResumeWorkerResponse.parser());

  static final Rpc<ForgetWorkerRequest, ForgetWorkerResponse> FORGET_WORKER =
      new Rpc<>(
          "/orrery.v1.Scheduler/ForgetWorker",
          ForgetWorkerRequest.parser(),
          ForgetWorkerResponse.parser());

  static final Rpc<ExplainJobRequest, ExplainJobResponse> EXPLAIN_JOB =
      new Rpc<>(
          "/orrery.v1.Scheduler/ExplainJob",
          ExplainJobRequest.parser(),
          ExplainJobResponse.parser());

  private Api() {}
}
