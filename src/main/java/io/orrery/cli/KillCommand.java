package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.SignalJobRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends jobs a signal. */
@Command(name = "kill", description = "send a signal to the process group of jobs; see also stop")
final class KillCommand extends Asking {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = JobArguments.DESCRIPTION)
  private List<String> jobs = List.of();

  @Option(
      names = {"-s", "--signal"},
      required = true,
      paramLabel = "SIGNAL",
      description = "by name or number: HUP, SIGUSR1, 9")
  private String signal = "";

  KillCommand(Session session) {
    super(session);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    int number = number(signal);
    List<Branch> branches = new ArrayList<>();
    for (String text : jobs) {
      branches.add(
          new Branch(
              text,
              () -> {
                servers.ask(
                    Api.SIGNAL_JOB,
                    SignalJobRequest.newBuilder()
                        .setJobId(ids.whole(text))
                        .setSignal(number)
                        .build());
                return ExitCode.SUCCESS;
              }));
    }
    return new Branches(console(), branches).run(null);
  }

  static int number(String signal) {
    try {
      return SignalName.parse(signal);
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }
}
