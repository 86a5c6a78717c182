package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobPage;
import io.orrery.job.JobPosition;
import io.orrery.rpc.Call;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lists the jobs of all workers as one: a page of each, merged; those that do not answer are named.
 */
final class JobLists {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Registry registry;
  private final WorkerLinks links;

  JobLists(Registry registry, WorkerLinks links) {
    this.registry = registry;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.unary(WorkerGrpcService.ListJobs, this::list);
  }

  /** What one worker answered, or that it did not. */
  private record Part(Node node, ListJobsResponse response, boolean answered) {
    static Part missing(Node node) {
      return new Part(node, ListJobsResponse.getDefaultInstance(), false);
    }
  }

  private Future<ListJobsResponse> list(Call call, ListJobsRequest request) {
    int size = JobPage.size(request.getPageSize());
    if (!request.getPageToken().isEmpty()) {
      JobPosition.parse(request.getPageToken());
    }
    CallOptions options = call.forwarded().atMost(PATIENCE);
    List<Future<Part>> parts = new ArrayList<>();
    for (Node node : registry.all()) {
      boolean wanted = request.getWorkerId().isEmpty() || request.getWorkerId().equals(node.id());
      if (wanted) {
        parts.add(node.isReachable() ? ask(node, request, options) : missing(node));
      }
    }
    return Future.join(parts).map(_ -> merge(parts.stream().map(Future::result).toList(), size));
  }

  private static Future<Part> missing(Node node) {
    return Future.succeededFuture(Part.missing(node));
  }

  /**
   * A worker's refusal of the request itself fails the list; a worker that does not answer does
   * not.
   */
  private Future<Part> ask(Node node, ListJobsRequest request, CallOptions options) {
    return links
        .call(node, WorkerGrpcClient.ListJobs, request, options)
        .map(response -> new Part(node, response, true))
        .recover(
            failure ->
                failure instanceof ApiException refusal && refusal.isDefinite()
                    ? Future.failedFuture(failure)
                    : missing(node));
  }

  private static ListJobsResponse merge(List<Part> parts, int size) {
    List<Job> jobs =
        parts.stream()
            .flatMap(part -> part.response().getJobsList().stream())
            .sorted(Comparator.comparing(JobLists::position))
            .toList();
    boolean more =
        jobs.size() > size
            || parts.stream().anyMatch(part -> !part.response().getNextPageToken().isEmpty());
    List<Job> page = jobs.subList(0, Math.min(size, jobs.size()));
    ListJobsResponse.Builder response = ListJobsResponse.newBuilder().addAllJobs(page);
    if (more && !page.isEmpty()) {
      response.setNextPageToken(position(page.getLast()).token());
    }
    parts.stream()
        .filter(part -> !part.answered())
        .forEach(part -> response.addUnreachable(part.node().id()));
    return response.build();
  }

  private static JobPosition position(Job job) {
    return new JobPosition(Times.instant(job.getCreateTime()), new JobId(job.getJobId()));
  }
}
