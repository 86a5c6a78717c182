package io.orrery.scheduler;

import io.orrery.job.JobPage;
import io.orrery.job.JobPosition;
import io.orrery.rpc.Call;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ListMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.RpcServer;
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
import java.util.Optional;
import java.util.stream.Stream;

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
    ListMapping.filter(request);
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

  /** What was wrong with the request itself has been told before: this worker does not answer. */
  private Future<Part> ask(Node node, ListJobsRequest request, CallOptions options) {
    return links
        .call(node, WorkerGrpcClient.ListJobs, request, options)
        .map(response -> new Part(node, response, true))
        .otherwise(_ -> Part.missing(node));
  }

  private static ListJobsResponse merge(List<Part> parts, int size) {
    Optional<JobPosition> known = knownTo(parts);
    Stream<Job> jobs =
        parts.stream()
            .flatMap(part -> part.response().getJobsList().stream())
            .filter(job -> known.isEmpty() || ListedJobs.position(job).compareTo(known.get()) <= 0)
            .sorted(Comparator.comparing(ListedJobs::position));
    ListJobsResponse.Builder response = ListedJobs.page(jobs, size, known.isPresent());
    parts.stream()
        .filter(part -> !part.answered())
        .forEach(part -> response.addUnreachable(part.node().id()));
    return response.build();
  }

  /**
   * How far the list is known: a worker that has more jobs than it told may have some before those
   * of the others.
   */
  private static Optional<JobPosition> knownTo(List<Part> parts) {
    return parts.stream()
        .map(Part::response)
        .filter(part -> !part.getNextPageToken().isEmpty() && part.getJobsCount() > 0)
        .map(part -> ListedJobs.position(part.getJobs(part.getJobsCount() - 1)))
        .min(Comparator.naturalOrder());
  }
}
