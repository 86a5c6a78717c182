package io.orrery.worker;

import com.google.protobuf.Message;
import io.orrery.config.HostPort;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.JobMapping;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.Times;
import io.orrery.security.Role;
import io.orrery.v1.DeregisterWorkerRequest;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.JobSummary;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.RegisterWorkerResponse;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.WorkerDescription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The calls of a worker to its scheduler, which has one or several addresses. */
final class SchedulerCalls {
  private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(10));

  private final Vertx vertx;
  private final RpcClient client;
  private final List<HostPort> addresses;
  private final WorkerIdentity self;
  private final WorkerDescription description;
  private final String incarnation = UUID.randomUUID().toString();
  private int current;

  SchedulerCalls(
      Vertx vertx,
      RpcClient client,
      List<HostPort> addresses,
      WorkerIdentity self,
      WorkerDescription description) {
    this.vertx = vertx;
    this.client = client;
    this.addresses = List.copyOf(addresses);
    this.self = self;
    this.description = description;
  }

  String workerId() {
    return self.id();
  }

  /** The next call goes to the next address. */
  void useNextAddress() {
    current = (current + 1) % addresses.size();
  }

  /** Makes the worker known with all its jobs; answers with the lease, after the id is on disk. */
  Future<Duration> register(Collection<Job> jobs, String unfit) {
    RegisterWorkerRequest request =
        RegisterWorkerRequest.newBuilder()
            .setWorkerId(self.id())
            .setIncarnation(incarnation)
            .setWorker(description)
            .addAllJobs(summaries(jobs))
            .setUnfitReason(unfit)
            .build();
    return call(SchedulerGrpcClient.RegisterWorker, request).compose(this::keepId);
  }

  private Future<Duration> keepId(RegisterWorkerResponse response) {
    return vertx
        .executeBlocking(
            () -> {
              self.assign(response.getWorkerId());
              return response;
            })
        .map(kept -> Times.duration(kept.getLease()));
  }

  /**
   * Tells that the worker is alive, and which jobs have changed or are not known any more; answers
   * with the lease.
   */
  Future<Duration> heartbeat(
      Collection<Job> changed, Collection<JobId> forgotten, int running, String unfit) {
    HeartbeatRequest request =
        HeartbeatRequest.newBuilder()
            .setWorkerId(self.id())
            .setIncarnation(incarnation)
            .addAllChangedJobs(summaries(changed))
            .addAllForgottenJobIds(forgotten.stream().map(JobId::value).toList())
            .setRunningJobs(running)
            .setUnfitReason(unfit)
            .build();
    return call(SchedulerGrpcClient.Heartbeat, request)
        .map(response -> Times.duration(response.getLease()));
  }

  /** Leaves in order. */
  Future<Void> deregister(String reason) {
    DeregisterWorkerRequest request =
        DeregisterWorkerRequest.newBuilder()
            .setWorkerId(self.id())
            .setIncarnation(incarnation)
            .setReason(reason)
            .build();
    return call(SchedulerGrpcClient.DeregisterWorker, request).mapEmpty();
  }

  private <I extends Message, O extends Message> Future<O> call(
      ServiceMethod<O, I> method, I request) {
    HostPort address = addresses.get(current);
    return client.call(
        SocketAddress.inetSocketAddress(address.port(), address.host()),
        server -> server.role() == Role.SCHEDULER,
        method,
        request,
        OPTIONS);
  }

  private static List<JobSummary> summaries(Collection<Job> jobs) {
    return jobs.stream().map(JobMapping::summary).toList();
  }
}
