package io.orrery.worker;

import com.google.protobuf.Message;
import io.orrery.config.HostPort;
import io.orrery.job.JobId;
import io.orrery.process.BootId;
import io.orrery.rpc.CallOptions;
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
import io.orrery.v1.WorkerOrders;
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
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration SHORTEST = Duration.ofMillis(500);

  private final Vertx vertx;
  private final RpcClient client;
  private final List<HostPort> addresses;
  private final WorkerIdentity self;
  private final WorkerDescription description;
  private final String incarnation = UUID.randomUUID().toString();
  private int current;
  private Duration patience = LONGEST;

  /** How long the scheduler believes in the worker from now on, and what it wants of it. */
  record Granted(Duration lease, WorkerOrders orders) {}

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

  /** Makes the worker known with its jobs; answers after the id is on disk. */
  Future<Granted> register(List<JobSummary> jobs, String unfit) {
    RegisterWorkerRequest request =
        RegisterWorkerRequest.newBuilder()
            .setWorkerId(self.id())
            .setIncarnation(incarnation)
            .setWorker(description)
            .addAllJobs(jobs)
            .setUnfitReason(unfit)
            .setHostId(HostDescription.HOST_ID)
            .setBootId(BootId.CURRENT)
            .build();
    return call(SchedulerGrpcClient.RegisterWorker, request)
        .compose(this::keepId)
        .map(response -> granted(response.getLease(), response.getOrders()));
  }

  private Future<RegisterWorkerResponse> keepId(RegisterWorkerResponse response) {
    return vertx.<RegisterWorkerResponse>executeBlocking(
        () -> {
          self.assign(response.getWorkerId());
          return response;
        });
  }

  /** Half a lease, so that a call that nobody answers is known of before the lease is over. */
  private Granted granted(com.google.protobuf.Duration lease, WorkerOrders orders) {
    Duration granted = Times.duration(lease);
    Duration half = granted.dividedBy(2);
    patience =
        half.compareTo(SHORTEST) < 0 ? SHORTEST : half.compareTo(LONGEST) > 0 ? LONGEST : half;
    return new Granted(granted, orders);
  }

  /**
   * Tells that the worker is alive, and which jobs have changed or are not known any more.
   *
   * @param unfit what keeps the worker itself from taking jobs
   */
  Future<Granted> heartbeat(
      List<JobSummary> changed, Collection<JobId> forgotten, int running, String unfit) {
    HeartbeatRequest request =
        HeartbeatRequest.newBuilder()
            .setWorkerId(self.id())
            .setIncarnation(incarnation)
            .addAllChangedJobs(changed)
            .addAllForgottenJobIds(forgotten.stream().map(JobId::value).toList())
            .setRunningJobs(running)
            .setUnfitReason(unfit)
            .build();
    return call(SchedulerGrpcClient.Heartbeat, request)
        .map(response -> granted(response.getLease(), response.getOrders()));
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
        CallOptions.within(patience));
  }
}
