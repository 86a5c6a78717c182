package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists jobs, the newest first. */
@Command(
    name = "ps",
    description =
        "list your jobs that have not ended, the newest first; -a for all, -A for everyone's")
final class PsCommand extends Asking implements Plain {
  private static final int PAGE = 500;
  private static final List<JobState> NOT_ENDED =
      List.of(
          JobState.JOB_STATE_QUEUED,
          JobState.JOB_STATE_STARTING,
          JobState.JOB_STATE_RUNNING,
          JobState.JOB_STATE_STOPPING);

  @Option(
      names = {"-a", "--all"},
      description = "also those that have ended")
  private boolean all;

  @Option(
      names = {"-A", "--all-owners"},
      description = "everybody's")
  private boolean allOwners;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "only those in one of these states: RUNNING, FAILED, …")
  private List<String> states = List.of();

  @Option(
      names = {"-w", "--worker"},
      paramLabel = "WORKER",
      description = "only those on this worker: its name, id, or the first characters of one")
  private @Nullable String worker;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "only those with this label; may be repeated")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "at most so many")
  private int limit = Integer.MAX_VALUE;

  @Mixin private final FormatFlag format = new FormatFlag();

  PsCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    return arguments.isEmpty();
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    ListJobsRequest.Builder request = ListJobsRequest.newBuilder().putAllLabels(labels);
    for (String state : states) {
      request.addStates(state(state));
    }
    if (states.isEmpty() && !all) {
      request.addAllStates(NOT_ENDED);
    }
    if (!allOwners) {
      request.setOwner(ids.owner());
    }
    if (worker != null) {
      request.setWorkerId(new Workers(servers).find(worker).getWorkerId());
    }
    list(servers, request);
    return ExitCode.SUCCESS;
  }

  private void list(Servers servers, ListJobsRequest.Builder request)
      throws IOException, StatusException, InterruptedException {
    JobTable table = new JobTable(console(), now(), allOwners);
    int left = limit;
    String token = "";
    do {
      ListJobsResponse page =
          servers.ask(
              Api.LIST_JOBS, request.setPageSize(Math.min(PAGE, left)).setPageToken(token).build());
      List<Job> jobs = page.getJobsList().subList(0, Math.min(left, page.getJobsCount()));
      if (format.isJson()) {
        jobs.forEach(job -> console().print(JsonText.of(job) + "\n"));
      } else {
        table.print(jobs);
      }
      if (page.getUnreachableCount() > 0) {
        console()
            .say(
                "these workers did not answer, their jobs are missing: "
                    + String.join(", ", page.getUnreachableList()));
      }
      left -= jobs.size();
      token = page.getNextPageToken();
    } while (!token.isEmpty() && left > 0);
  }

  private static JobState state(String text) {
    String name = "JOB_STATE_" + text.toUpperCase(Locale.ROOT);
    for (JobState state : JobState.values()) {
      if (state.name().equals(name) && state != JobState.JOB_STATE_UNSPECIFIED) {
        return state;
      }
    }
    throw new CommandException(
        "there is no state '"
            + text
            + "'; the states are QUEUED, STARTING, RUNNING, STOPPING,"
            + " SUCCEEDED, FAILED, STOPPED, TIMED_OUT and LOST");
  }

  private static Timestamp now() {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
  }
}
