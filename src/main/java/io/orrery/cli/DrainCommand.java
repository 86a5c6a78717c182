package io.orrery.cli;

import com.google.protobuf.util.Durations;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.WorkerNode;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a worker take no new jobs, until it is resumed. */
@Command(name = "drain", description = "have a worker take no new jobs, until it is resumed")
final class DrainCommand extends Asking {
  private static final long LOOK_MILLIS = 500;

  @Parameters(paramLabel = "WORKER", description = "a worker's name or id, or the start of one")
  private String worker = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "why, for others to see")
  private String reason = "";

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "stop the jobs that still run after this time, like 10m; never unless given")
  private @Nullable Duration deadline;

  @Option(names = "--wait", description = "return when no job runs there any more")
  private boolean wait;

  @Mixin private final FormatFlag format = new FormatFlag();

  DrainCommand(Session session) {
    super(session);
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    Workers workers = new Workers(servers);
    DrainWorkerRequest.Builder request =
        DrainWorkerRequest.newBuilder()
            .setWorkerId(workers.find(worker).getWorkerId())
            .setReason(reason);
    if (deadline != null) {
      request.setDeadline(Durations.fromNanos(deadline.toNanos()));
    }
    WorkerNode drained = servers.ask(Api.DRAIN_WORKER, request.build()).getWorker();
    while (wait && drained.getRunningJobs() > 0) {
      Thread.sleep(LOOK_MILLIS);
      drained = workers.find(drained.getWorkerId());
      if (!drained.hasDrain()) {
        throw new CommandException(
            "worker " + drained.getWorker().getName() + " was resumed by somebody else");
      }
    }
    console().print(format.isJson() ? JsonText.of(drained) + "\n" : text(drained));
    return ExitCode.SUCCESS;
  }

  /** One line about a worker. */
  static String text(WorkerNode worker) {
    return worker.getWorker().getName() + " " + Printable.text(WorkerText.state(worker)) + "\n";
  }
}
