package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a running job our standard input, shows what it writes, and ends as it ends. */
@Command(
    name = "attach",
    description = "give a job your input, show what it writes, and end with its exit code")
final class AttachCommand extends Asking implements Plain {
  @Parameters(paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private String job = "";

  @Option(
      names = "--offset",
      paramLabel = "N,N",
      description =
          "begin at this byte of stdout,stderr; else at the first, and for a job with a terminal"
              + " with what comes now")
  private @Nullable String offset;

  @Mixin private final ReconnectFlag reconnect = new ReconnectFlag();

  AttachCommand(Session session) {
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
    Job found = ids.query(job);
    StreamJobRequest.Builder request = StreamJobRequest.newBuilder().setJobId(found.getJobId());
    boolean hasTerminal = found.getSpec().hasTerminal() && !JobText.hasEnded(found);
    if (offset != null) {
      request.setFrom(StartFlags.position(offset, false));
    } else if (hasTerminal) {
      // What was shown before may ask the terminal things, whose answers would be typed.
      request.setFrom(StreamPosition.newBuilder().setStdoutOffset(found.getStdoutBytes()));
    }
    LocalTerminal local = hasTerminal ? LocalTerminal.find().orElse(null) : null;
    Job end = follow(servers, request.build(), local);
    String obituary = JobText.obituary(end);
    if (!obituary.isEmpty()) {
      console().say(obituary);
    }
    return ExitCode.of(end);
  }

  private Job follow(Servers servers, StreamJobRequest request, @Nullable LocalTerminal local)
      throws IOException, StatusException, InterruptedException {
    String id = request.getJobId();
    InterruptDialog dialog = new InterruptDialog(session(), this::another);
    dialog.listen();
    dialog.starting(id);
    try (Interaction interaction = Interaction.withRunning(session(), id, local)) {
      JobFollower follower =
          new JobFollower(
              interaction.source(servers),
              interaction.console(),
              reconnect.timeout,
              request,
              new RawOutput(interaction.console()));
      dialog.following(id, follower);
      return follower.follow();
    } finally {
      dialog.ended(id);
    }
  }
}
