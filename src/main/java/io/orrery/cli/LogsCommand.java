package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a job has written, and what it writes. */
@Command(name = "logs", description = "show what a job has written, byte for byte")
final class LogsCommand extends Asking implements Plain {
  @Parameters(paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private String job = "";

  @Option(
      names = {"-f", "--follow"},
      description = "go on until the job ends; Ctrl-C leaves, the job goes on")
  private boolean follow;

  @Option(names = "--stdout", description = "only the standard output")
  private boolean stdout;

  @Option(names = "--stderr", description = "only the standard error")
  private boolean stderr;

  @Option(
      names = "--timestamps",
      description = "before each line the time that the worker saw it, in UTC")
  private boolean timestamps;

  @Mixin private final StartFlags start = new StartFlags();
  @Mixin private final ReconnectFlag reconnect = new ReconnectFlag();
  @Mixin private final FormatFlag format = new FormatFlag();

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    if (arguments.size() != 1 || !JobArguments.arePlain(arguments)) {
      return false;
    }
    job = arguments.getFirst();
    return true;
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    if (stdout && stderr) {
      throw new CommandException(
          "--stdout and --stderr exclude each other; without them come both");
    }
    StreamJobRequest.Builder request =
        StreamJobRequest.newBuilder()
            .setJobId(ids.orPrefix(job))
            .setStream(stream())
            .setNoFollow(!follow);
    start.apply(request, stdout || stderr);
    session().interrupts().onInterrupt(this::leave);
    JobFollower follower =
        new JobFollower(
            new StreamSource(servers), console(), reconnect.timeout, request.build(), output(ids));
    Job end = follower.follow();
    if (follow && JobText.hasEnded(end)) {
      String obituary = JobText.obituary(end);
      if (!obituary.isEmpty()) {
        console().say(obituary);
      }
    }
    return ExitCode.SUCCESS;
  }

  private OutputStream stream() {
    if (stdout) {
      return OutputStream.OUTPUT_STREAM_STDOUT;
    }
    return stderr ? OutputStream.OUTPUT_STREAM_STDERR : OutputStream.OUTPUT_STREAM_UNSPECIFIED;
  }

  private Output output(JobIds ids) throws IOException, StatusException, InterruptedException {
    if (format.isJson()) {
      return new JsonOutput(console(), ids.whole(job));
    }
    return timestamps
        ? new LineOutput(console(), chunk -> TimeText.micros(chunk.getTime()) + " ")
        : new RawOutput(console());
  }

  private void leave() {
    session().interrupts().exit(ExitCode.SIGNALLED + SignalName.INT);
  }
}
