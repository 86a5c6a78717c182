package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobPage;
import io.orrery.job.LabelSelector;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.Times;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Lists the workers, by name. */
final class WorkerLists {
  private final Registry registry;

  WorkerLists(Registry registry) {
    this.registry = registry;
  }

  void bind(RpcServer server) {
    server.unary(SchedulerGrpcService.ListWorkers, this::list);
  }

  private Future<ListWorkersResponse> list(Call call, ListWorkersRequest request) {
    LabelSelector selector = LabelSelector.parse(request.getSelector());
    String after = name(request.getPageToken());
    int size = JobPage.size(request.getPageSize());
    List<Node> found =
        registry.all().stream()
            .filter(node -> node.name().compareTo(after) > 0)
            .filter(node -> selector.matches(node.profile().labels()))
            .filter(
                node ->
                    request.getStatesCount() == 0
                        || request.getStatesList().contains(state(node.state())))
            .limit(size + 1L)
            .toList();
    List<Node> page = found.subList(0, Math.min(size, found.size()));
    ListWorkersResponse.Builder response = ListWorkersResponse.newBuilder();
    page.forEach(node -> response.addWorkers(message(node)));
    if (found.size() > size) {
      response.setNextPageToken(token(page.getLast().name()));
    }
    return Future.succeededFuture(response.build());
  }

  private static String token(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notOurs) {
      throw ApiException.invalid("page_token", "must be the next_page_token of the answer before");
    }
  }

  private static WorkerState state(Node.State state) {
    return switch (state) {
      case ONLINE -> WorkerState.WORKER_STATE_ONLINE;
      case DRAINING -> WorkerState.WORKER_STATE_DRAINING;
      case UNREACHABLE -> WorkerState.WORKER_STATE_UNREACHABLE;
      case OFFLINE -> WorkerState.WORKER_STATE_OFFLINE;
    };
  }

  private static WorkerNode message(Node node) {
    WorkerProfile profile = node.profile();
    Node.Standing standing = node.standing();
    WorkerNode.Builder message = WorkerNode.newBuilder();
    if (!standing.registerTime().equals(Node.Standing.NEVER)) {
      message
          .setRegisterTime(Times.timestamp(standing.registerTime()))
          .setHeartbeatTime(Times.timestamp(standing.heartbeatTime()));
    }
    return message
        .setWorkerId(node.id())
        .setWorker(
            WorkerDescription.newBuilder()
                .setName(profile.name())
                .setAddress(profile.address().toString())
                .putAllLabels(profile.labels())
                .setSlots(profile.capacity().slots())
                .setVersion(profile.version())
                .setCpus(profile.capacity().cpus())
                .setMemoryBytes(profile.capacity().memoryBytes())
                .addAllEnforcedLimits(profile.capacity().enforcedLimits()))
        .setState(state(node.state()))
        .setReason(standing.reason())
        .setRunningJobs(node.load().running())
        .setStateTime(Times.timestamp(standing.since()))
        .build();
  }
}
