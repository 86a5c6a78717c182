package io.orrery.launch;

import com.google.protobuf.Message;
import io.orrery.config.TlsFiles;
import io.orrery.fleet.Reader;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Tls;
import io.orrery.v1.Job;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client of one scheduler in another process, which waits for the answers. */
final class Caller implements AutoCloseable {
  private static final Duration PATIENCE = Launched.PATIENCE;

  private final Vertx vertx = Vertx.vertx();
  private final RpcClient client;
  private final SocketAddress scheduler;

  Caller(TlsFiles tls, int schedulerPort) {
    client = RpcClient.create(vertx, Tls.client(tls));
    scheduler = SocketAddress.inetSocketAddress(schedulerPort, "127.0.0.1");
  }

  <I extends Message, O extends Message> O call(ServiceMethod<O, I> method, I request)
      throws Exception {
    CallOptions options = CallOptions.within(PATIENCE);
    return await(client.call(scheduler, _ -> true, method, request, options));
  }

  /** Starts {@code bash -c SCRIPT} on any worker. */
  Job start(String script) throws Exception {
    StartJobRequest request =
        StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script).build();
    return call(WorkerGrpcClient.StartJob, request).getJob();
  }

  Job query(Job job) throws Exception {
    QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return call(WorkerGrpcClient.QueryJob, request).getJob();
  }

  /** Begins to follow a job's output; the answer is the end of the stream, still to come. */
  Future<Reader> follow(Job job) throws Exception {
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return await(Reader.open(scheduler, client, request)).end();
  }

  Reader read(Job job) throws Exception {
    return await(follow(job));
  }

  /** The worker that the scheduler knows, if it does yet. */
  Optional<WorkerNode> worker() throws Exception {
    ListWorkersRequest all = ListWorkersRequest.getDefaultInstance();
    return call(SchedulerGrpcClient.ListWorkers, all).getWorkersList().stream().findFirst();
  }

  /** The one worker, once it is online at this port. */
  WorkerNode awaitOnline(int port) throws Exception {
    return awaitWorker(
        node ->
            node.getState() == WorkerState.WORKER_STATE_ONLINE
                && node.hasRegisterTime()
                && node.getWorker().getAddress().endsWith(":" + port));
  }

  /** The one worker, once it is so. */
  WorkerNode awaitWorker(Predicate<WorkerNode> condition) throws Exception {
    eventually(() -> worker().filter(condition).isPresent());
    return worker().orElseThrow();
  }

  /** What may fail while a server starts. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits until it is so. */
  static void eventually(Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    client
        .close()
        .eventually(vertx::close)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
