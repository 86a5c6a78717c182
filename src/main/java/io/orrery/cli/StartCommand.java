package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts jobs, prints their ids and leaves them alone. */
@Command(
    name = "start",
    description = "start a job and print its id",
    customSynopsis = "orrery start [FLAGS] [--] COMMAND [ARG]...")
final class StartCommand extends Asking implements Plain {
  @Mixin private final JobFlags flags = new JobFlags();
  @Mixin private final FormatFlag format = new FormatFlag();

  StartCommand(Session session) {
    super(session);
  }

  @Override
  public boolean take(List<String> arguments) {
    return flags.take(arguments);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    List<Branch> branches = new ArrayList<>();
    for (JobRequests.Named job : new JobRequests(flags, session(), servers).make()) {
      branches.add(
          new Branch(
              job.name(),
              () -> {
                StartJobRequest request =
                    flags.tty ? JobTerminal.with(job.request(), session()) : job.request();
                StartJobResponse started = Starting.start(servers, request);
                boolean json = flags.json || format.isJson();
                console().print((json ? JsonText.of(started) : started.getJobId()) + "\n");
                return ExitCode.SUCCESS;
              }));
    }
    return new Branches(console(), branches).run(null);
  }
}
