package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.cli.grpc.StatusException;
import io.orrery.config.DurationText;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which jobs a list shows. */
final class ListFlags {
  @Option(
      names = {"-A", "--all-owners"},
      description = "everybody's")
  boolean allOwners;

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
      names = "--since",
      paramLabel = "TIME",
      description = "only those accepted at most this long ago (2h), or since a time in UTC")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "only those accepted at least this long ago, or before a time in UTC")
  private @Nullable String until;

  /**
   * The request for them.
   *
   * @param usual the states that are meant where none is named
   * @throws CommandException when the flags make no sense
   */
  ListJobsRequest.Builder request(Servers servers, JobIds ids, List<JobState> usual)
      throws IOException, StatusException, InterruptedException {
    ListJobsRequest.Builder request = ListJobsRequest.newBuilder().putAllLabels(labels);
    for (String state : states) {
      request.addStates(state(state));
    }
    if (states.isEmpty()) {
      request.addAllStates(usual);
    }
    if (!allOwners) {
      request.setOwner(ids.owner());
    }
    if (worker != null) {
      request.setWorkerId(new Workers(servers).find(worker).getWorkerId());
    }
    if (since != null) {
      request.setCreatedAfter(time("--since", since));
    }
    if (until != null) {
      request.setCreatedBefore(time("--until", until));
    }
    return request;
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

  /**
   * A time that is given as such, or as how long ago it was.
   *
   * @throws CommandException when it is neither
   */
  static Timestamp time(String flag, String text) {
    Instant time;
    try {
      time =
          text.contains("T") ? Instant.parse(text) : Instant.now().minus(DurationText.parse(text));
    } catch (DateTimeException | IllegalArgumentException _) {
      throw new CommandException(
          flag
              + " must be a duration like 10m, or a time like 2026-11-24T04:17:38Z, not '"
              + text
              + "'");
    }
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }
}
