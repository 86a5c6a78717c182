package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A list of jobs, page by page: none is kept, and the first is there before the last is asked. */
final class JobPages {
  private static final int PAGE = 500;

  private final Servers servers;
  private final Console console;
  private final ListJobsRequest.Builder request;
  private final Set<String> told = new TreeSet<>();

  JobPages(Servers servers, Console console, ListJobsRequest.Builder request) {
    this.servers = servers;
    this.console = console;
    this.request = request;
  }

  /** Gives so many jobs at the most, page by page; of workers that do not answer it tells once. */
  void each(int limit, Consumer<List<Job>> use)
      throws IOException, StatusException, InterruptedException {
    int left = limit;
    String token = "";
    do {
      ListJobsResponse page =
          servers.ask(
              Api.LIST_JOBS, request.setPageSize(Math.min(PAGE, left)).setPageToken(token).build());
      List<Job> jobs = page.getJobsList().subList(0, Math.min(left, page.getJobsCount()));
      use.accept(jobs);
      List<String> silent = page.getUnreachableList().stream().filter(told::add).toList();
      if (!silent.isEmpty()) {
        console.say(
            "these workers do not answer, their jobs are shown as they were last known: "
                + String.join(", ", silent));
      }
      left -= jobs.size();
      token = page.getNextPageToken();
    } while (!token.isEmpty() && left > 0);
  }

  static Timestamp now() {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
  }
}
