package io.orrery.worker;

import io.orrery.bus.JobBus;
import io.orrery.config.WorkerOptions;
import io.orrery.job.Job;
import io.orrery.output.OutputTails;
import io.orrery.output.Patience;
import io.orrery.process.EmbeddedRunner;
import io.orrery.process.Runner;
import io.orrery.process.ScriptsFolder;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Identity;
import io.orrery.security.PemFiles;
import io.orrery.security.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker: its parts, put together and started. */
public final class WorkerServer {
  /** How long jobs have to end that must end with the worker, since it is their parent. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final int POOL_SIZE = 16;

  private final WorkerOptions options;
  private final Vertx vertx;
  private final Engine engine;
  private final RpcServer server;
  private final RpcClient client;
  private @Nullable SchedulerLink link;

  /** What is found on disk before anything runs. */
  private record Found(
      JobDirectories directories, WorkerIdentity self, List<Job> jobs, OutputTails tails) {}

  /** What runs jobs, without the network. */
  private record Engine(
      Runner runner, OutputTails tails, Jobs jobs, JobTable table, WorkerIdentity self) {}

  private WorkerServer(
      WorkerOptions options, Vertx vertx, Engine engine, RpcServer server, RpcClient client) {
    this.options = options;
    this.vertx = vertx;
    this.engine = engine;
    this.server = server;
    this.client = client;
  }

  /** Reads what is on disk and puts the parts together; nothing is listening yet. */
  public static Future<WorkerServer> open(Vertx vertx, WorkerOptions options) {
    return vertx
        .executeBlocking(() -> read(vertx, options))
        .map(found -> assemble(vertx, options, found));
  }

  private static Found read(Vertx vertx, WorkerOptions options) throws IOException {
    Identity identity = PemFiles.identity(options.tls());
    Files.createDirectories(options.scripts());
    JobDirectories directories = JobDirectories.open(options.data());
    List<Job> jobs = new JobRecovery(directories, InstantSource.system()).recover();
    OutputTails tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);
    jobs.forEach(job -> tails.restore(job.id(), job.bytes()));
    return new Found(
        directories, WorkerIdentity.load(identity.name(), options.data()), jobs, tails);
  }

  private static WorkerServer assemble(Vertx vertx, WorkerOptions options, Found found) {
    Context context = vertx.getOrCreateContext();
    InstantSource clock = InstantSource.system();
    WorkerExecutor pool =
        vertx.createSharedWorkerExecutor("orrery-jobs", POOL_SIZE, 1, TimeUnit.HOURS);
    Runner runner = new EmbeddedRunner();

    JobBus bus = new JobBus(vertx);
    JobTable table = new JobTable();
    found.jobs().forEach(table::put);
    Launches launches = new Launches(new ScriptsFolder(options.scripts()), found.directories());
    JobStarter starter =
        new JobStarter(launches, found.directories(), found.tails(), runner, clock);
    Jobs jobs = new Jobs(new Jobs.Tools(context, pool, bus, clock), table, starter, found.self());
    JobViews views = new JobViews(table, found.directories(), pool);
    RpcServer server =
        RpcServer.create(
            vertx, new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())));
    new WorkerCalls(
            jobs,
            new JobStopping(context, pool, runner, jobs, table),
            views,
            new StartPolicy(options.allow(), options.labels()),
            found.self())
        .bind(server);
    new JobStreaming(jobs, views, found.directories(), found.tails(), bus).bind(server);
    return new WorkerServer(
        options,
        vertx,
        new Engine(runner, found.tails(), jobs, table, found.self()),
        server,
        RpcClient.create(vertx, Tls.client(options.tls())));
  }

  /** Listens, and makes the worker known to the scheduler; answers with the port. */
  public Future<Integer> start() {
    return server
        .listen()
        .onSuccess(
            port -> {
              SchedulerCalls calls =
                  new SchedulerCalls(
                      vertx,
                      client,
                      options.scheduler(),
                      engine.self(),
                      HostDescription.of(options, engine.self().name(), port));
              SchedulerLink started = new SchedulerLink(vertx, calls, engine.table());
              link = started;
              new JobBus(vertx).watchAll(change -> started.jobChanged(change.job().id()));
              started.start();
            });
  }

  /**
   * Takes no new jobs, ends those that run (the embedded runner is their parent and ends with the
   * worker), tells the scheduler, and closes.
   */
  public Future<Void> stop() {
    engine.jobs().drain();
    return Future.fromCompletionStage(
            engine.runner().killAll(STOP_GRACE), vertx.getOrCreateContext())
        .compose(_ -> engine.jobs().whenIdle())
        .eventually(this::leave)
        .eventually(() -> server.shutdown(STOP_PATIENCE))
        .eventually(client::close)
        .eventually(this::closeRunner)
        .eventually(engine.tails()::close);
  }

  private Future<Boolean> closeRunner() {
    return vertx.<Boolean>executeBlocking(
        () -> {
          engine.runner().close();
          return true;
        });
  }

  private Future<Void> leave() {
    return link == null ? Future.succeededFuture() : link.close("the worker was stopped");
  }
}
