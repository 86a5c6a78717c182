package io.orrery.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.orrery.bus.JobBus;
import io.orrery.bus.OutputBus;
import io.orrery.config.RetentionOptions;
import io.orrery.config.WorkerOptions;
import io.orrery.job.OutputPolicy;
import io.orrery.metrics.Telemetry;
import io.orrery.output.DiskRoom;
import io.orrery.output.OutputTails;
import io.orrery.output.Patience;
import io.orrery.output.StreamLimit;
import io.orrery.process.EmbeddedRunner;
import io.orrery.process.ProcessRunner;
import io.orrery.process.Runner;
import io.orrery.process.ScriptsFolder;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Identity;
import io.orrery.security.PemFiles;
import io.orrery.security.Tls;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Puts a worker together: what is on disk, what runs jobs, and what answers calls. Blocks for
 * files.
 */
final class WorkerAssembly {
  private static final int POOL_SIZE = 16;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Context context;
  private final WorkerOptions options;
  private final OpenParts parts;
  private final InstantSource clock = InstantSource.system();

  /** {@code parts} gets all that must be closed, also when the assembly fails half-way. */
  WorkerAssembly(Vertx vertx, Context context, WorkerOptions options, OpenParts parts) {
    this.vertx = vertx;
    this.context = context;
    this.options = options;
    this.parts = parts;
  }

  /** What is found on disk before anything runs. */
  private record Found(
      JobDirectories directories,
      WorkerIdentity self,
      Runner runner,
      JobRecovery.Recovered jobs,
      OutputTails tails) {}

  WorkerServer assemble(Patience withReaders) throws IOException {
    Found found = read(withReaders);
    WorkerExecutor pool =
        vertx.createSharedWorkerExecutor("orrery-jobs", POOL_SIZE, 1, TimeUnit.HOURS);
    parts.onClose(pool::close);
    Telemetry telemetry = Telemetry.create(vertx, options.metrics());
    parts.onClose(telemetry::close);
    WorkerServer.Engine engine = engine(found, pool, telemetry.registry());
    RpcClient client = RpcClient.create(vertx, Tls.client(options.tls()));
    parts.onClose(client::close);
    RpcServer server =
        RpcServer.create(
            vertx,
            new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())),
            telemetry.registry());
    parts.onClose(() -> server.shutdown(STOP_PATIENCE));
    bind(server, engine, found, pool);
    WorkerServer.Network network = new WorkerServer.Network(server, client, telemetry);
    return new WorkerServer(options, vertx, engine, network, WorkerServer.Waits.DEFAULT);
  }

  private Found read(Patience withReaders) throws IOException {
    Identity identity = PemFiles.identity(options.tls());
    Files.createDirectories(options.scripts());
    JobDirectories directories = JobDirectories.open(options.data(), limit());
    parts.add(DataLock.take(options.data()));
    parts.add(directories);
    Runner runner = parts.add(runner());
    JobRecovery.Recovered jobs = new JobRecovery(directories, runner, clock).recover();
    OutputTails tails = new OutputTails(vertx, clock, withReaders);
    parts.onClose(tails::close);
    WorkerIdentity self = WorkerIdentity.load(identity.name(), options.data());
    return new Found(directories, self, runner, jobs, tails);
  }

  private Runner runner() throws IOException {
    return switch (options.runner()) {
      case EMBEDDED -> new EmbeddedRunner(options.data());
      case PROCESS -> new ProcessRunner(options.data(), HostDescription.version());
    };
  }

  private WorkerServer.Engine engine(Found found, WorkerExecutor pool, MeterRegistry registry)
      throws IOException {
    JobTable table = new JobTable();
    found.jobs().over().forEach(table::put);
    Launches launches = new Launches(new ScriptsFolder(options.scripts()), found.directories());
    JobOutputs outputs = JobOutputs.create(found.tails(), found.directories(), limit());
    found.jobs().over().forEach(outputs::restore);
    Retention retention = retain(found, table, outputs);
    Fitness fitness = new Fitness();
    Jobs.Tools tools =
        new Jobs.Tools(context, pool, new JobBus(vertx), clock, WorkerMeters.spawns(registry));
    JobStarter starter =
        new JobStarter(
            launches,
            new JobStarter.Disk(found.directories(), outputs, retention),
            found.runner(),
            tools);
    WorkerMeters.register(table, fitness, HostDescription.slots(options), registry);
    Jobs jobs = new Jobs(tools, table, starter, found.self(), fitness);
    StuckJobs stuck = new StuckJobs(context, table, jobs, fitness);
    found.runner().onStuck(stuck::stuck);
    found
        .runner()
        .onTrouble(why -> context.runOnContext(_ -> fitness.because(Fitness.Trouble.RUNNER, why)));
    new JobBus(vertx).watchAll(change -> stuck.changed(change.job()));
    LeftBehind left = new LeftBehind(context, pool, found.directories(), fitness);
    new JobBus(vertx).watchAll(change -> left.changed(change.job()));
    found.jobs().over().forEach(left::changed);
    DiskRoom room =
        new DiskRoom(found.directories().root(), options.free().space(), options.free().percent());
    FullDisk full = new FullDisk(table, jobs, found.directories(), clock, pool);
    context.runOnContext(_ -> full.listen(new JobBus(vertx)));
    DiskGuard guard = new DiskGuard(room, fitness, full, context, pool);
    guard.start();
    parts.onClose(guard::stop);
    JobStopping stopping = new JobStopping(context, pool, found.runner(), jobs, table);
    OrderedStops stops = new OrderedStops(jobs, table, stopping, found.directories(), pool);
    DrainOrder drain = DrainOrder.open(options.data(), fitness, pool);
    SchedulerLink.Subject subject =
        new SchedulerLink.Subject(table, fitness, new SchedulerOrders(drain, stops)::follow);
    return new WorkerServer.Engine(found.runner(), jobs, subject, found.self(), parts);
  }

  /** Has removed what is kept no longer of jobs that have ended. */
  private Retention retain(Found found, JobTable table, JobOutputs outputs) {
    RetentionOptions kept = options.retention();
    RetentionPlan.Rules rules =
        new RetentionPlan.Rules(
            kept.age(), kept.jobs(), kept.bytes(), kept.records(), kept.history());
    JobBus bus = new JobBus(vertx);
    EndedJobs ended = new EndedJobs(context, table, found.tails(), bus);
    Retention retention =
        parts.add(
            new Retention(
                rules, ended, new JobRemoval(found.directories()), clock, System::nanoTime));
    retention.start();
    found.jobs().over().forEach(job -> retention.endedBefore(job, outputs.held(job)));
    context.runOnContext(
        _ ->
            bus.watchAll(
                change ->
                    table
                        .lookUp(change.job().id())
                        .filter(job -> job.state().isTerminal())
                        .ifPresent(job -> retention.ended(job, outputs.held(job)))));
    return retention;
  }

  /** That of jobs which do not say. */
  private StreamLimit limit() {
    return new StreamLimit(
        options.output().limit(),
        switch (options.output().policy()) {
          case STOP -> OutputPolicy.Limit.STOP;
          case KEEP_TAIL -> OutputPolicy.Limit.KEEP_TAIL;
        });
  }

  private void bind(
      RpcServer server, WorkerServer.Engine engine, Found found, WorkerExecutor pool) {
    JobViews views = new JobViews(engine.subject().table(), found.directories(), pool);
    JobStopping stopping =
        new JobStopping(context, pool, engine.runner(), engine.jobs(), engine.subject().table());
    OutputStops stops =
        new OutputStops(
            engine.jobs(), engine.subject().table(), stopping, found.directories(), pool);
    context.runOnContext(_ -> stops.listen(new OutputBus(vertx)));
    StartPolicy policy =
        new StartPolicy(options.allow(), options.labels(), engine.runner()::enforceable);
    new WorkerCalls(engine.jobs(), stopping, views, policy, found.self()).bind(server);
    JobStreaming streaming =
        new JobStreaming(
            engine.jobs(), views, found.directories(), found.tails(), new JobBus(vertx));
    streaming.bind(server);
    InputLine.Ways ways = new InputLine.Ways(context, pool, engine.runner());
    new JobAttaching(engine.jobs(), views, streaming, ways).bind(server);
    found
        .jobs()
        .running()
        .forEach(resumed -> context.runOnContext(_ -> engine.jobs().adopt(resumed)));
  }
}
