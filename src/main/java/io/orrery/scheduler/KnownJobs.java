package io.orrery.scheduler;

import io.orrery.job.JobFilter;
import io.orrery.job.JobPage;
import io.orrery.job.JobPosition;
import io.orrery.rpc.Call;
import io.orrery.rpc.JobMapping;
import io.orrery.rpc.ListMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.Times;
import io.orrery.security.JobAccess;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;

/**
 * Shows jobs. A worker that answers is asked; for one that does not the scheduler answers with what
 * it knows, and since when that is old. Of jobs that it gave up the scheduler alone speaks.
 */
final class KnownJobs {
  private final JobLocator locator;
  private final JobIndex index;
  private final WorkerLinks links;

  KnownJobs(JobLocator locator, JobIndex index, WorkerLinks links) {
    this.locator = locator;
    this.index = index;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.unary(WorkerGrpcService.QueryJob, this::query);
  }

  private Future<QueryJobResponse> query(Call call, QueryJobRequest request) {
    return locator
        .look(request.getJobId(), call, JobAccess::mayRead)
        .compose(
            entry -> {
              Node node = locator.node(entry.workerId());
              if (node.isReachable() && !index.isGivenUp(entry.id())) {
                QueryJobRequest whole = request.toBuilder().setJobId(entry.id().value()).build();
                return links.call(node, WorkerGrpcClient.QueryJob, whole, call.forwarded());
              }
              return Future.succeededFuture(
                  QueryJobResponse.newBuilder().setJob(shown(entry, node)).build());
            });
  }

  private static Job shown(JobIndex.Entry entry, Node node) {
    Job job = IndexedJobs.message(entry, node);
    return node.isReachable() || entry.state().isTerminal()
        ? job
        : job.toBuilder()
            .setWorkerUnreachableSince(Times.timestamp(node.standing().since()))
            .build();
  }

  /** A page of the jobs of a worker that does not answer. */
  ListJobsResponse ofUnreachable(Node node, Call call, ListJobsRequest request) {
    return page(index.of(node.id()), node, call, request);
  }

  /** A page of the jobs of a worker that the scheduler has given up. */
  ListJobsResponse givenUp(Node node, Call call, ListJobsRequest request) {
    return page(index.givenUp(node.id()), node, call, request);
  }

  private static ListJobsResponse page(
      List<JobIndex.Entry> entries, Node node, Call call, ListJobsRequest request) {
    int size = JobPage.size(request.getPageSize());
    JobFilter filter = ListMapping.filter(request);
    String token = request.getPageToken();
    List<Job> found =
        entries.stream()
            .filter(entry -> JobAccess.mayRead(call.caller(), entry.owner()))
            .map(entry -> shown(entry, node))
            .filter(job -> filter.accepts(JobMapping.fromProto(job)))
            .filter(
                job ->
                    token.isEmpty()
                        || ListedJobs.position(job).compareTo(JobPosition.parse(token)) > 0)
            .sorted(Comparator.comparing(ListedJobs::position))
            .limit(size + 1L)
            .toList();
    return ListedJobs.page(found.stream(), size, false).build();
  }
}
