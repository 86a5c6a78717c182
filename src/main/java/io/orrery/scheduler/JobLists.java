package io.orrery.scheduler;

import io.orrery.job.JobFilter;
import io.orrery.job.JobPage;
import io.orrery.job.JobPosition;
import io.orrery.rpc.Call;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ListMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.security.Role;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists jobs page by page from the store, which knows them all; those that run are asked for at
 * their workers, for what they have printed by now.
 */
final class JobLists {
  /** How long a worker may take, which many wait for. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** So many running jobs are asked for; the others are shown as they were when they started. */
  private static final int MOST_ASKED = 100;

  private final Registry registry;
  private final JobRecords records;
  private final WorkerLinks links;

  JobLists(Registry registry, JobRecords records, WorkerLinks links) {
    this.registry = registry;
    this.records = records;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.unary(WorkerGrpcService.ListJobs, this::list);
  }

  private Future<ListJobsResponse> list(Call call, ListJobsRequest request) {
    int size = JobPage.size(request.getPageSize());
    JobFilter filter = ListMapping.filter(request);
    Optional<JobPosition> after =
        request.getPageToken().isEmpty()
            ? Optional.empty()
            : Optional.of(JobPosition.parse(request.getPageToken()));
    if (call.caller().role() == Role.OPERATOR) {
      if (!filter.owner().isEmpty() && !filter.owner().equals(call.caller().uri())) {
        return Future.succeededFuture(answer(List.of(), size, false, Set.of()));
      }
      filter = ofOwner(filter, call.caller().uri());
    }
    JobFilter wanted = filter;
    return records
        .list(wanted, after, size + 1)
        .compose(jobs -> hasMore(wanted, jobs, size).compose(more -> page(call, jobs, size, more)));
  }

  /** A page of the store that is short need not be the last one: its jobs may be large. */
  private Future<Boolean> hasMore(JobFilter filter, List<Job> jobs, int size) {
    return jobs.isEmpty() || jobs.size() > size
        ? Future.succeededFuture(jobs.size() > size)
        : records
            .list(filter, Optional.of(ListedJobs.position(jobs.getLast())), 1)
            .map(next -> !next.isEmpty());
  }

  private Future<ListJobsResponse> page(Call call, List<Job> jobs, int size, boolean more) {
    Set<String> silent = new TreeSet<>();
    return current(call, jobs, silent).map(shown -> answer(shown, size, more, silent));
  }

  private static JobFilter ofOwner(JobFilter filter, String owner) {
    return new JobFilter(
        filter.states(),
        filter.workerId(),
        owner,
        filter.labels(),
        filter.createdAfter(),
        filter.createdBefore(),
        filter.idPrefix());
  }

  private ListJobsResponse answer(List<Job> jobs, int size, boolean more, Set<String> silent) {
    ListJobsResponse.Builder page =
        ListedJobs.page(jobs.stream().map(IndexedJobs::brief), size, more);
    Set<String> unreachable = new TreeSet<>(silent);
    registry.all().stream()
        .filter(node -> !node.isAnswering())
        .forEach(node -> unreachable.add(node.id()));
    return page.addAllUnreachable(unreachable).build();
  }

  private Future<List<Job>> current(Call call, List<Job> jobs, Set<String> silent) {
    CallOptions options = call.forwarded().atMost(PATIENCE);
    List<Future<Job>> all = new ArrayList<>();
    int asked = 0;
    for (Job job : jobs) {
      boolean runs =
          !job.getWorkerId().isEmpty() && !StateMapping.fromProto(job.getState()).isTerminal();
      all.add(
          runs && asked++ < MOST_ASKED ? fresh(job, options, silent) : Future.succeededFuture(job));
    }
    return Future.join(all).map(_ -> all.stream().map(Future::result).toList());
  }

  private static Job unreachable(Job job, Node node) {
    return job.toBuilder()
        .setWorkerUnreachableSince(Times.timestamp(node.standing().since()))
        .build();
  }

  private Future<Job> fresh(Job job, CallOptions options, Set<String> silent) {
    Optional<Node> node = registry.byId(job.getWorkerId());
    if (node.isEmpty() || !node.get().isAnswering()) {
      return Future.succeededFuture(node.map(gone -> unreachable(job, gone)).orElse(job));
    }
    QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return links
        .call(node.get(), WorkerGrpcClient.QueryJob, request, options)
        .map(QueryJobResponse::getJob)
        .otherwise(
            failure -> {
              if (!KnownJobs.isForgotten(failure)) {
                silent.add(node.get().id());
              }
              return job;
            });
  }
}
