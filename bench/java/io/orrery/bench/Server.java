package io.orrery.bench;

import com.google.protobuf.Message;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** A worker or a scheduler, to which everything goes over one kept connection. */
record Server(RpcClient client, SocketAddress address) {
  private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(60));

  /** Starts a job; succeeds with its id. */
  Future<String> start(List<String> command) {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setJobId(UUID.randomUUID().toString())
            .setCommand(command.getFirst())
            .addAllArgs(command.subList(1, command.size()))
            .build();
    return call(WorkerGrpcClient.StartJob, request).map(StartJobResponse::getJobId);
  }

  /** Tells of a job; succeeds when the answer is there. */
  Future<Job> query(String jobId) {
    return call(
            WorkerGrpcClient.QueryJob, QueryJobRequest.newBuilder().setJobId(jobId).build())
        .map(QueryJobResponse::getJob);
  }

  /**
   * Gives a job's output to the consumer, from the first byte; succeeds with the job as it ended.
   */
  Future<Job> read(String jobId, Consumer<Output.Chunk> chunks) {
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(jobId).build();
    return client.stream(address, _ -> true, WorkerGrpcClient.StreamJob, request, OPTIONS)
        .compose(source -> follow(source, chunks));
  }

  private static Future<Job> follow(ReplySource source, Consumer<Output.Chunk> chunks) {
    Output output = new Output(chunks);
    source.handler(output::take).resume();
    return source.end().map(_ -> succeeded(output.finalJob()));
  }

  private static Job succeeded(Job job) {
    if (job.getState() != JobState.JOB_STATE_SUCCEEDED) {
      throw new IllegalStateException(
          "job "
              + job.getJobId()
              + " ended as "
              + job.getState()
              + " "
              + job.getEnd().getMessage());
    }
    return job;
  }

  /** Kills a job; succeeds when nothing of it is left. */
  Future<Void> kill(String jobId) {
    return call(
            WorkerGrpcClient.StopJob,
            StopJobRequest.newBuilder().setJobId(jobId).setSignal(9).build())
        .mapEmpty();
  }

  /** Whether a scheduler has a worker that is online. */
  Future<Boolean> hasWorker() {
    return call(SchedulerGrpcClient.ListWorkers, ListWorkersRequest.getDefaultInstance())
        .map(
            list ->
                list.getWorkersList().stream()
                    .anyMatch(node -> node.getState() == WorkerState.WORKER_STATE_ONLINE));
  }

  private <I extends Message, O extends Message> Future<O> call(
      ServiceMethod<O, I> method, I request) {
    return client.call(address, _ -> true, method, request, OPTIONS);
  }
}
