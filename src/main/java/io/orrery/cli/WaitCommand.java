package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits until jobs have ended, and ends with their highest exit code. */
@Command(
    name = "wait",
    description = "wait until jobs have ended; the exit code is theirs, of several the highest")
final class WaitCommand extends Asking implements Plain {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private List<String> jobs = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "give up after this time, like 10s or 2h, with exit code 125")
  private @Nullable Duration timeout;

  @Mixin private final ReconnectFlag reconnect = new ReconnectFlag();
  @Mixin private final FormatFlag format = new FormatFlag();

  WaitCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    jobs = arguments;
    return JobArguments.arePlain(arguments);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    List<Branch> branches = new ArrayList<>();
    // Those that run would keep the others from being looked at.
    boolean inTurns = jobs.size() > Branches.AT_ONE_TIME;
    for (String text : jobs) {
      StreamJobRequest request =
          StreamJobRequest.newBuilder()
              .setJobId(ids.whole(text))
              .setLastBytes(0)
              .setNoFollow(inTurns)
              .build();
      branches.add(
          new Branch(
              request.getJobId(),
              () -> {
                Job job =
                    new JobFollower(
                            new StreamSource(servers),
                            console(),
                            reconnect.timeout,
                            request,
                            new NoOutput())
                        .follow();
                if (inTurns && !JobText.hasEnded(job)) {
                  return Branch.LATER;
                }
                print(job);
                return ExitCode.of(job);
              }));
    }
    return new Branches(console(), branches).run(timeout);
  }

  private void print(Job job) {
    if (format.isJson()) {
      console().print(JsonText.of(job) + "\n");
    } else {
      String end = JobText.end(job);
      console()
          .print(
              job.getJobId()
                  + " "
                  + JobText.state(job.getState())
                  + (end.isEmpty() ? "" : " " + Printable.text(end))
                  + "\n");
    }
  }
}
