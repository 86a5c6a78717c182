package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells all about jobs. */
@Command(name = "status", description = "tell all about jobs")
final class StatusCommand extends Asking implements Plain {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private List<String> jobs = List.of();

  @Mixin private final FormatFlag format = new FormatFlag();

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    jobs = arguments;
    return JobArguments.arePlain(arguments);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    boolean first = true;
    for (String text : jobs) {
      Job job = ids.query(text);
      if (format.isJson()) {
        console().print(JsonText.of(job) + "\n");
      } else {
        console().print((first ? "" : "\n") + StatusText.of(job));
      }
      first = false;
    }
    return ExitCode.SUCCESS;
  }
}
