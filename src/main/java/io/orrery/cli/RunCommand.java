package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StreamJobRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts jobs, shows what they write as they write it, and ends as they end. */
@Command(
    name = "run",
    description = "start a job, show what it writes, and end with its exit code",
    customSynopsis = "orrery run [FLAGS] [--] COMMAND [ARG]...")
final class RunCommand extends Asking implements Plain {
  @Mixin private final JobFlags flags = new JobFlags();
  @Mixin private final ReconnectFlag reconnect = new ReconnectFlag();
  @Mixin private final FormatFlag format = new FormatFlag();

  RunCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    return flags.take(arguments);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    List<JobRequests.Named> jobs = new JobRequests(flags, session(), servers).make();
    InterruptDialog dialog = new InterruptDialog(session(), this::another);
    dialog.listen();
    List<Branch> branches = new ArrayList<>();
    for (JobRequests.Named job : jobs) {
      branches.add(new Branch(job.name(), () -> run(servers, job, dialog)));
    }
    return new Branches(console(), branches).run(null);
  }

  private int run(Servers servers, JobRequests.Named named, InterruptDialog dialog)
      throws IOException, StatusException, InterruptedException {
    String id = named.request().getJobId();
    dialog.starting(id);
    try {
      if (!flags.isLive()) {
        Job job = tellWait(Starting.start(servers, named.request()));
        return follow(job, new StreamSource(servers), console(), named, dialog);
      }
      LocalTerminal terminal = flags.tty ? JobTerminal.local(console()) : null;
      Job job =
          tellWait(Starting.start(servers, JobTerminal.add(named.request(), terminal, session())));
      try (Interaction interaction = Interaction.withNew(session(), id, terminal)) {
        return follow(job, interaction.source(servers), interaction.console(), named, dialog);
      }
    } finally {
      dialog.ended(id);
    }
  }

  private Job tellWait(StartJobResponse started) {
    Job job = started.getJob();
    if (job.getState() == JobState.JOB_STATE_QUEUED) {
      String id = JobText.shortId(job);
      console().say("job " + id + " waits for a worker; to see why: orrery explain " + id);
    }
    return job;
  }

  private int follow(
      Job job,
      OutputSource source,
      Console console,
      JobRequests.Named named,
      InterruptDialog dialog)
      throws IOException, StatusException, InterruptedException {
    String id = named.request().getJobId();
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(id).build();
    JobFollower follower =
        new JobFollower(source, console, reconnect.timeout, request, output(named.name(), id))
            .of(job);
    dialog.following(id, follower);
    try {
      Job end = follower.follow();
      String obituary = JobText.obituary(end);
      if (!obituary.isEmpty()) {
        (named.name().isEmpty() ? console : console.named(named.name())).say(obituary);
      }
      return ExitCode.of(end);
    } catch (OutputClosedException e) {
      if (!e.isBrokenPipe()) {
        console.say("the job goes on; to read on: " + follower.resumeCommand());
      }
      throw e;
    }
  }

  private Output output(String name, String id) {
    if (flags.json || format.isJson()) {
      return new JsonOutput(console(), id);
    }
    return name.isEmpty() ? new RawOutput(console()) : new LineOutput(console(), _ -> name + ": ");
  }
}
