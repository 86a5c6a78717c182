package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.ForgetWorkerRequest;
import io.orrery.v1.ForgetWorkerResponse;
import io.orrery.v1.WorkerNode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the scheduler forget a worker that is gone for good. */
@Command(
    name = "forget",
    description = "forget a worker that is gone for good; one that comes back is a new one")
final class ForgetCommand extends Asking {
  @Parameters(paramLabel = "WORKER", description = "a worker's name or id, or the start of one")
  private String worker = "";

  @Option(
      names = "--lose-jobs",
      description = "also one with jobs that have not ended: they are LOST")
  private boolean loseJobs;

  @Mixin private final FormatFlag format = new FormatFlag();

  ForgetCommand(Session session) {
    super(session);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    WorkerNode node = new Workers(servers).find(worker);
    ForgetWorkerResponse forgotten =
        servers.ask(
            Api.FORGET_WORKER,
            ForgetWorkerRequest.newBuilder()
                .setWorkerId(node.getWorkerId())
                .setLoseJobs(loseJobs)
                .build());
    console()
        .print(
            format.isJson()
                ? JsonText.of(forgotten) + "\n"
                : text(node.getWorker().getName(), forgotten.getLostJobs()));
    return ExitCode.SUCCESS;
  }

  private static String text(String name, int lostJobs) {
    String lost =
        lostJobs == 0 ? "" : lostJobs == 1 ? "; 1 job is LOST" : "; " + lostJobs + " jobs are LOST";
    return name + " is forgotten" + lost + "\n";
  }
}
