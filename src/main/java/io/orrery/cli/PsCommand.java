package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists jobs, the newest first. */
@Command(
    name = "ps",
    description =
        "list your jobs that have not ended, the newest first; -a for all, -A for everyone's")
final class PsCommand extends Asking implements Plain {
  private static final List<JobState> NOT_ENDED =
      List.of(
          JobState.JOB_STATE_QUEUED,
          JobState.JOB_STATE_STARTING,
          JobState.JOB_STATE_RUNNING,
          JobState.JOB_STATE_STOPPING);

  @Option(
      names = {"-a", "--all"},
      description = "also those that have ended")
  private boolean all;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "at most so many")
  private int limit = Integer.MAX_VALUE;

  @Option(
      names = "--watch",
      arity = "0..1",
      paramLabel = "TIME",
      fallbackValue = "2s",
      description =
          "look again each 2 seconds, or TIME; on a terminal the list is drawn anew, elsewhere"
              + " jobs that have changed are printed again")
  private @Nullable Duration watch;

  @Mixin private final ListFlags flags = new ListFlags();
  @Mixin private final FormatFlag format = new FormatFlag();

  PsCommand(Session session) {
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
    ListJobsRequest.Builder request = flags.request(servers, ids, all ? List.of() : NOT_ENDED);
    JobPages pages = new JobPages(servers, console(), request);
    if (watch != null) {
      new JobWatch(pages, ids, console(), format.isJson(), flags.allOwners).run(watch, limit);
      return ExitCode.SUCCESS;
    }
    JobTable table = new JobTable(console(), JobPages.now(), flags.allOwners);
    pages.each(
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
