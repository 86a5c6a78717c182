package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.job.JobId;
import io.orrery.security.PemFiles;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import java.io.IOException;

/** Finds out which job is meant: an id, the first characters of one, or {@code last}. */
final class JobIds {
  private final Servers servers;
  private final ConnectionSettings settings;

  JobIds(Servers servers, ConnectionSettings settings) {
    this.servers = servers;
    this.settings = settings;
  }

  /** For procedures whose server finds the job of a prefix by itself. */
  String orPrefix(String text) throws IOException, StatusException, InterruptedException {
    return text.equals("last") ? last() : text;
  }

  /** The whole id. */
  String whole(String text) throws IOException, StatusException, InterruptedException {
    String id = orPrefix(text);
    return JobId.isWhole(id) ? id : query(id).getJobId();
  }

  /** The job, as the server knows it now. */
  Job query(String text) throws IOException, StatusException, InterruptedException {
    QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(orPrefix(text)).build();
    return servers.ask(Api.QUERY_JOB, request).getJob();
  }

  private String last() throws IOException, StatusException, InterruptedException {
    ListJobsResponse jobs =
        servers.ask(
            Api.LIST_JOBS, ListJobsRequest.newBuilder().setOwner(owner()).setPageSize(1).build());
    if (jobs.getJobsCount() == 0) {
      throw new CommandException("you have no jobs, so there is no last one");
    }
    return jobs.getJobs(0).getJobId();
  }

  /** Who we are, as the URI of our certificate. */
  String owner() {
    return PemFiles.identity(settings.files()).uri();
  }
}
