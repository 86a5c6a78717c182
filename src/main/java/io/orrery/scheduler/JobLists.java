package io.orrery.scheduler;

import io.orrery.job.JobId;
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
  private final JobIndex index;
  private final KnownJobs knownJobs;
  private final WorkerLinks links;

  JobLists(Registry registry, JobIndex index, KnownJobs knownJobs, WorkerLinks links) {
    this.registry = registry;
    this.index = index;
    this.knownJobs = knownJobs;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.unary(WorkerGrpcService.ListJobs, this::list);
  }

  /** Where jobs of a list come from. */
  private enum Source {
    WORKER,
    /** The scheduler, as the worker does not answer. */
    IN_ITS_PLACE,
    /** The scheduler, for jobs that it has given up. */
    GIVEN_UP
  }

  private record Part(Node node, ListJobsResponse response, Source source) {}

  private Future<ListJobsResponse> list(Call call, ListJobsRequest request) {
    int size = JobPage.size(request.getPageSize());
    ListMapping.filter(request);
    if (!request.getPageToken().isEmpty()) {
      JobPosition.parse(request.getPageToken());
    }
    CallOptions options = call.forwarded().atMost(PATIENCE);
    List<Future<Part>> parts = new ArrayList<>();
    for (Node node : registry.all()) {
      if (request.getWorkerId().isEmpty() || request.getWorkerId().equals(node.id())) {
        parts.addAll(parts(node, call, request, options));
      }
    }
    return Future.join(parts).map(_ -> merge(parts.stream().map(Future::result).toList(), size));
  }

  private List<Future<Part>> parts(
      Node node, Call call, ListJobsRequest request, CallOptions options) {
    if (!node.isReachable()) {
      return List.of(Future.succeededFuture(inItsPlace(node, call, request)));
    }
    ListJobsResponse givenUp = knownJobs.givenUp(node, call, request);
    return List.of(
        links
            .call(node, WorkerGrpcClient.ListJobs, request, options)
            .map(response -> new Part(node, response, Source.WORKER))
            // What was wrong with the request itself has been told: this worker does not answer.
            .otherwise(_ -> inItsPlace(node, call, request)),
        Future.succeededFuture(new Part(node, givenUp, Source.GIVEN_UP)));
  }

  private Part inItsPlace(Node node, Call call, ListJobsRequest request) {
    return new Part(node, knownJobs.ofUnreachable(node, call, request), Source.IN_ITS_PLACE);
  }

  private ListJobsResponse merge(List<Part> parts, int size) {
    Optional<JobPosition> known = knownTo(parts);
    Stream<Job> jobs =
        parts.stream()
            .flatMap(this::jobs)
            .filter(job -> known.isEmpty() || ListedJobs.position(job).compareTo(known.get()) <= 0)
            .sorted(Comparator.comparing(ListedJobs::position));
    ListJobsResponse.Builder response = ListedJobs.page(jobs, size, known.isPresent());
    if (response.getJobsCount() == 0 && known.isPresent()) {
      response.setNextPageToken(known.get().token());
    }
    parts.stream()
        .filter(part -> part.source() == Source.IN_ITS_PLACE)
        .forEach(part -> response.addUnreachable(part.node().id()));
    return response.build();
  }

  /** Of jobs that were given up the scheduler alone speaks, once. */
  private Stream<Job> jobs(Part part) {
    Stream<Job> jobs = part.response().getJobsList().stream();
    return switch (part.source()) {
      case WORKER -> jobs.filter(job -> !index.isGivenUp(new JobId(job.getJobId())));
      case IN_ITS_PLACE, GIVEN_UP -> jobs;
    };
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
