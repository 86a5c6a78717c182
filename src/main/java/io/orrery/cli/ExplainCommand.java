package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.ExplainJobRequest;
import io.orrery.v1.ExplainJobResponse;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells why a job waits. */
@Command(
    name = "explain",
    description =
        "tell why a job waits: what keeps it from how many workers, and what is before it")
final class ExplainCommand extends Asking implements Plain {
  @Parameters(arity = "1", paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private String job = "";

  @Mixin private final FormatFlag format = new FormatFlag();

  ExplainCommand(Session session) {
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
    ExplainJobResponse answer =
        servers.ask(
            Api.EXPLAIN_JOB, ExplainJobRequest.newBuilder().setJobId(ids.orPrefix(job)).build());
    console().print(format.isJson() ? JsonText.of(answer) + "\n" : text(answer));
    return ExitCode.SUCCESS;
  }

  private static String text(ExplainJobResponse answer) {
    StringBuilder text = new StringBuilder();
    text.append("job ").append(JobText.shortId(answer.getJob())).append(" is ");
    text.append(JobText.state(answer.getJob().getState())).append(": ");
    text.append(Printable.text(answer.getSummary())).append('\n');
    if (answer.getConstraintsCount() > 0) {
      Table table = new Table("WORKERS", "CONSTRAINT");
      answer
          .getConstraintsList()
          .forEach(count -> table.row(Integer.toString(count.getWorkers()), count.getConstraint()));
      text.append(table);
    }
    if (answer.getJobsAhead() > 0) {
      text.append(answer.getJobsAhead() == 1 ? "1 job is" : answer.getJobsAhead() + " jobs are")
          .append(" before it\n");
    }
    return text.toString();
  }
}
