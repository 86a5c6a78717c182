package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.JobState;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists jobs that have ended, those that were accepted last first. */
@Command(
    name = "history",
    description =
        "list your jobs that have ended, the last accepted first, and how; 20 unless -n says more")
final class HistoryCommand extends Asking implements Plain {
  private static final int USUAL = 20;
  private static final List<JobState> ENDED =
      List.of(
          JobState.JOB_STATE_SUCCEEDED,
          JobState.JOB_STATE_FAILED,
          JobState.JOB_STATE_STOPPED,
          JobState.JOB_STATE_TIMED_OUT,
          JobState.JOB_STATE_LOST);

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "at most so many; 20 unless given")
  private int limit = USUAL;

  @Mixin private final ListFlags flags = new ListFlags();
  @Mixin private final FormatFlag format = new FormatFlag();

  HistoryCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    return arguments.isEmpty();
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    if (limit < 1) {
      throw new CommandException("-n must be 1 or more");
    }
    JobTable table = new JobTable(console(), JobPages.now(), flags.allOwners).withEnds();
    new JobPages(servers, console(), flags.request(servers, ids, ENDED))
        .each(
            limit,
            jobs -> {
              if (format.isJson()) {
                jobs.forEach(job -> console().print(JsonText.of(job) + "\n"));
              } else {
                table.print(jobs);
              }
            });
    return ExitCode.SUCCESS;
  }
}
