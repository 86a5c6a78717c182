package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.ResumeWorkerRequest;
import io.orrery.v1.WorkerNode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has a worker take jobs again that was drained. */
@Command(name = "resume", description = "have a drained worker take jobs again")
final class ResumeCommand extends Asking {
  @Parameters(paramLabel = "WORKER", description = "a worker's name or id, or the start of one")
  private String worker = "";

  @Mixin private final FormatFlag format = new FormatFlag();

  ResumeCommand(Session session) {
    super(session);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    String id = new Workers(servers).find(worker).getWorkerId();
    WorkerNode resumed =
        servers
            .ask(Api.RESUME_WORKER, ResumeWorkerRequest.newBuilder().setWorkerId(id).build())
            .getWorker();
    console().print(format.isJson() ? JsonText.of(resumed) + "\n" : DrainCommand.text(resumed));
    return ExitCode.SUCCESS;
  }
}
