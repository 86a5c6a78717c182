package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobPage;
import io.orrery.job.LabelSelector;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.SchedulerGrpcService;
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
    if (request.getStatesList().contains(WorkerState.UNRECOGNIZED)) {
      throw ApiException.invalid("states", "must be states of workers");
    }
    String after = name(request.getPageToken());
    int size = JobPage.size(request.getPageSize());
    List<Node> found =
        registry.all().stream()
            .filter(node -> node.name().compareTo(after) > 0)
            .filter(node -> selector.matches(node.profile().labels()))
            .filter(
                node ->
                    request.getStatesCount() == 0
                        || request.getStatesList().contains(WorkerMessages.state(node.state())))
            .limit(size + 1L)
            .toList();
    List<Node> page = found.subList(0, Math.min(size, found.size()));
    ListWorkersResponse.Builder response = ListWorkersResponse.newBuilder();
    page.forEach(node -> response.addWorkers(WorkerMessages.of(node, registry)));
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
}
