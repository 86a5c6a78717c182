package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.job.JobId;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.WorkerNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Asks a scheduler for its workers. */
final class Workers {
  private static final int PAGE = 500;

  private final Servers servers;

  Workers(Servers servers) {
    this.servers = servers;
  }

  /** All that the request asks for, page by page. */
  List<WorkerNode> list(ListWorkersRequest request)
      throws IOException, StatusException, InterruptedException {
    List<WorkerNode> workers = new ArrayList<>();
    String token = "";
    do {
      ListWorkersResponse page =
          servers.ask(
              Api.LIST_WORKERS, request.toBuilder().setPageSize(PAGE).setPageToken(token).build());
      workers.addAll(page.getWorkersList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return workers;
  }

  /** The id of the worker with this name, id, or first characters of one. */
  String id(String text) throws IOException, StatusException, InterruptedException {
    return JobId.isWhole(text) ? text : find(text).getWorkerId();
  }

  /**
   * @throws CommandException when it is no worker or several
   */
  WorkerNode find(String text) throws IOException, StatusException, InterruptedException {
    List<WorkerNode> begun = new ArrayList<>();
    for (WorkerNode worker : list(ListWorkersRequest.getDefaultInstance())) {
      if (worker.getWorker().getName().equals(text) || worker.getWorkerId().equals(text)) {
        return worker;
      }
      if (worker.getWorkerId().startsWith(text) || worker.getWorker().getName().startsWith(text)) {
        begun.add(worker);
      }
    }
    return switch (begun.size()) {
      case 0 ->
          throw new CommandException(
              "there is no worker '" + text + "'; `orrery workers` lists them");
      case 1 -> begun.getFirst();
      default ->
          throw new CommandException(
              "'"
                  + text
                  + "' begins the names or ids of "
                  + begun.size()
                  + " workers; give more of it");
    };
  }
}
