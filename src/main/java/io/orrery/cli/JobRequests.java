package io.orrery.cli;

import com.google.protobuf.util.Durations;
import io.orrery.cli.grpc.StatusException;
import io.orrery.job.JobId;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StdinMode;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the requests out of the flags: one job, one a number, or one a worker. */
final class JobRequests {
  private final JobFlags flags;
  private final Session session;
  private final Servers servers;

  JobRequests(JobFlags flags, Session session, Servers servers) {
    this.flags = flags;
    this.session = session;
    this.servers = servers;
  }

  /**
   * A job to be started.
   *
   * @param name of the worker or number; empty for a single job
   */
  record Named(String name, StartJobRequest request) {}

  /**
   * Each with an id of its own, so that a request can be repeated without a job being run twice.
   *
   * @throws CommandException when the flags make no sense
   */
  List<Named> make() throws IOException, StatusException, InterruptedException {
    PlacementFlags placement = flags.placement;
    String array = placement.array;
    if (placement.all && (array != null || placement.worker != null)) {
      throw new CommandException("--all excludes --array and --worker");
    }
    if (flags.isLive() && (placement.all || array != null)) {
      throw new CommandException("-i and -it are for one job: they exclude --all and --array");
    }
    StartJobRequest one = one();
    if (placement.all) {
      return perWorker(one);
    }
    return array == null ? List.of(named("", one)) : perNumber(one, ArrayRange.parse(array));
  }

  private List<Named> perWorker(StartJobRequest one)
      throws IOException, StatusException, InterruptedException {
    List<Named> requests = new ArrayList<>();
    ListWorkersRequest online =
        ListWorkersRequest.newBuilder()
            .addStates(WorkerState.WORKER_STATE_ONLINE)
            .setSelector(one.getSelector())
            .build();
    for (WorkerNode worker : new Workers(servers).list(online)) {
      requests.add(
          named(
              worker.getWorker().getName(),
              one.toBuilder().setWorkerId(worker.getWorkerId()).clearSelector().build()));
    }
    if (requests.isEmpty()) {
      throw new CommandException("no worker that is online matches; `orrery workers` lists them");
    }
    return requests;
  }

  private static List<Named> perNumber(StartJobRequest one, ArrayRange range) {
    List<Named> requests = new ArrayList<>();
    for (int i = range.first(); i <= range.last(); i++) {
      String number = Integer.toString(i);
      requests.add(named(number, one.toBuilder().putEnv("ORRERY_ARRAY_INDEX", number).build()));
    }
    return requests;
  }

  private static Named named(String name, StartJobRequest request) {
    return new Named(name, request.toBuilder().setJobId(JobId.random().value()).build());
  }

  private StartJobRequest one() throws IOException, StatusException, InterruptedException {
    StartJobRequest.Builder request =
        StartJobRequest.newBuilder()
            .setPath(flags.path)
            .setWorkingDirectory(flags.directory)
            .putAllLabels(flags.labels)
            .setMergeStderr(flags.mergeStderr)
            .setRunAs(flags.runAs)
            .setSelector(String.join(",", flags.placement.selector));
    addCommand(request);
    flags.env.forEach((key, value) -> addVariable(request, key, value));
    if (flags.timeout != null) {
      request.setTimeout(Durations.fromMillis(flags.timeout.toMillis()));
    }
    if (flags.grace != null) {
      request.setStopGrace(Durations.fromMillis(flags.grace.toMillis()));
    }
    request.setPriority(flags.placement.priority).setMaxAttempts(flags.placement.maxAttempts);
    if (flags.placement.queueTimeout != null) {
      request.setQueueTimeout(Durations.fromMillis(flags.placement.queueTimeout.toMillis()));
    }
    if (flags.limits.areGiven()) {
      request.setLimits(flags.limits.limits());
    }
    if (flags.limits.areGivenForOutput()) {
      request.setOutput(flags.limits.output());
    }
    @Nullable String worker = flags.placement.worker;
    if (worker != null) {
      request.setWorkerId(new Workers(servers).id(worker));
    }
    return request.build();
  }

  private void addCommand(StartJobRequest.Builder request) {
    List<String> words = new ArrayList<>();
    if (flags.script != null) {
      if (flags.stdin != null || !flags.path.isEmpty()) {
        throw new CommandException("--script excludes --stdin and --path");
      }
      LocalScript script = LocalScript.of(StdinBytes.read(flags.script));
      words.addAll(script.words());
      request.setStdin(script.content()).setStdinMode(StdinMode.STDIN_MODE_BYTES);
    } else if (flags.stdin != null) {
      request
          .setStdin(StdinBytes.read(flags.stdin, session.console().in()))
          .setStdinMode(StdinMode.STDIN_MODE_BYTES);
    }
    if (flags.isLive()) {
      if (flags.script != null || flags.stdin != null) {
        throw new CommandException("-i and -it exclude --script and --stdin");
      }
      request.setStdinMode(StdinMode.STDIN_MODE_LIVE);
    }
    words.addAll(flags.command);
    if (words.isEmpty()) {
      throw new CommandException("there is no command to run: give it last, after --");
    }
    request.setCommand(words.getFirst()).addAllArgs(words.subList(1, words.size()));
  }

  private void addVariable(StartJobRequest.Builder request, String key, String value) {
    if (!value.equals(JobFlags.INHERIT)) {
      request.putEnv(key, value);
      return;
    }
    String own = session.environment().get(key);
    if (own != null) {
      request.putEnv(key, own);
    }
  }
}
