package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the workers that a scheduler knows, and has more commands about one of them. */
@Command(
    name = "workers",
    description = "list the workers that the scheduler knows; drain, resume, forget one")
final class WorkersCommand extends Asking implements Plain {
  private static final int ID_WIDTH = 8;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "KEY=VALUE",
      description = "only those with this label; may be repeated")
  private List<String> selector = new ArrayList<>();

  @Mixin private final FormatFlag format = new FormatFlag();

  WorkersCommand(Session session) {
    super(session);
  }

  Map<String, Object> subcommands() {
    return Map.of(
        "drain", new DrainCommand(session()),
        "resume", new ResumeCommand(session()),
        "forget", new ForgetCommand(session()));
  }

  @Override
  public boolean take(List<String> arguments) {
    return arguments.isEmpty();
  }

  @Override
  int ask(Servers servers, JobIds ids) throws IOException, StatusException, InterruptedException {
    List<WorkerNode> workers =
        new Workers(servers)
            .list(ListWorkersRequest.newBuilder().setSelector(String.join(",", selector)).build());
    if (format.isJson()) {
      workers.forEach(worker -> console().print(JsonText.of(worker) + "\n"));
      return ExitCode.SUCCESS;
    }
    Table table =
        new Table(
            "NAME", "ID", "STATE", "JOBS", "CPUS", "MEMORY", "ADDRESS", "VERSION", "LABELS",
            "LIMITS");
    workers.forEach(worker -> add(worker, table));
    console().print(table.toString());
    if (workers.isEmpty()) {
      console().say("no worker is registered; `orrery worker` starts one");
    }
    return ExitCode.SUCCESS;
  }

  private static void add(WorkerNode node, Table table) {
    WorkerDescription worker = node.getWorker();
    table.row(
        worker.getName(),
        Printable.cut(node.getWorkerId(), ID_WIDTH + 1).replace("…", ""),
        Printable.text(WorkerText.listed(node)),
        node.getRunningJobs() + "/" + worker.getSlots(),
        Integer.toString(worker.getCpus()),
        SizeDisplay.of(worker.getMemoryBytes()),
        worker.getAddress(),
        worker.getVersion(),
        StatusText.pairs(worker.getLabelsMap()),
        String.join(",", worker.getEnforcedLimitsList()));
  }
}
