package io.orrery.cli;

import com.google.protobuf.util.Durations;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops jobs with all their processes, and waits until they are gone. */
@Command(name = "stop", description = "stop jobs with all their processes, and wait for their end")
final class StopCommand extends Asking implements Plain {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private List<String> jobs = List.of();

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "the time from the first signal to KILL; the job's own unless given")
  private @Nullable Duration grace;

  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "the first signal, by name or number; TERM unless given")
  private @Nullable String signal;

  @Mixin private final FormatFlag format = new FormatFlag();

  StopCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    jobs = arguments;
    return JobArguments.arePlain(arguments);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    int number = signal == null ? 0 : KillCommand.number(signal);
    List<Branch> branches = new ArrayList<>();
    for (String text : jobs) {
      branches.add(new Branch(text, () -> stop(servers, ids, text, number)));
    }
    return new Branches(console(), branches).run(null);
  }

  private int stop(Servers servers, JobIds ids, String text, int number)
      throws IOException, StatusException, InterruptedException {
    Job before = ids.query(text);
    StopJobRequest.Builder request =
        StopJobRequest.newBuilder().setJobId(before.getJobId()).setSignal(number);
    if (grace != null) {
      request.setGrace(Durations.fromNanos(grace.toNanos()));
    }
    StopJobResponse answer =
        servers.ask(Api.STOP_JOB, request.build(), Stopping.deadline(before, grace));
    Job job = answer.getJob();
    if (format.isJson()) {
      console().print(JsonText.of(answer) + "\n");
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
    if (answer.getSurvivingPidsCount() > 0) {
      throw new CommandException(
          "even KILL has not ended the processes "
              + answer.getSurvivingPidsList()
              + " on "
              + job.getWorkerName());
    }
    return ExitCode.SUCCESS;
  }
}
