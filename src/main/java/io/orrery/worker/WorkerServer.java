package io.orrery.worker;

import io.orrery.bus.JobBus;
import io.orrery.config.WorkerOptions;
import io.orrery.metrics.Telemetry;
import io.orrery.output.Patience;
import io.orrery.process.Runner;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.TimeLimit;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker: its parts, put together and started. */
public final class WorkerServer {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerServer.class);

  private final WorkerOptions options;
  private final Vertx vertx;
  private final Engine engine;
  private final Network network;
  private final Waits waits;
  private final WorkerReadiness readiness;
  private @Nullable SchedulerLink link;

  /** What runs jobs, without the network; and all that must be closed. */
  record Engine(
      Runner runner,
      Jobs jobs,
      SchedulerLink.Subject subject,
      WorkerIdentity self,
      OpenParts parts) {}

  /** Who can ask this worker, whom it asks, and who can look at it. */
  record Network(RpcServer server, RpcClient client, Telemetry telemetry) {}

  /**
   * How long a stop of the worker waits, but for the option {@code drain}: for starts that are
   * under way, of which one that takes longer hangs; for jobs to end that must end with the worker,
   * since it is their parent; and, after that, for those that SIGKILL does not end.
   */
  record Waits(Duration starts, Duration grace, Duration killed) {
    static final Waits DEFAULT =
        new Waits(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(10));
  }

  WorkerServer(WorkerOptions options, Vertx vertx, Engine engine, Network network, Waits waits) {
    this.options = options;
    this.vertx = vertx;
    this.engine = engine;
    this.network = network;
    this.waits = waits;
    readiness = new WorkerReadiness(engine.subject().fitness());
  }

  /**
   * Reads what is on disk and puts the parts together; nothing is listening yet. When it fails,
   * nothing is left open.
   */
  public static Future<WorkerServer> open(Vertx vertx, WorkerOptions options) {
    return open(vertx, options, Patience.DEFAULT);
  }

  /** The same with another patience with the readers of jobs. */
  public static Future<WorkerServer> open(
      Vertx vertx, WorkerOptions options, Patience withReaders) {
    Context context = vertx.getOrCreateContext();
    OpenParts parts = new OpenParts(vertx);
    return vertx
        .<WorkerServer>executeBlocking(
            () -> new WorkerAssembly(vertx, context, options, parts).assemble(withReaders))
        .recover(failure -> parts.close().transform(_ -> Future.failedFuture(failure)));
  }

  /**
   * Listens, and makes the worker known to the scheduler; answers with the port. When it fails,
   * nothing is left open.
   */
  public Future<Integer> start() {
    return network
        .telemetry()
        .open(readiness)
        .compose(_ -> network.server().listen())
        .onSuccess(
            port -> {
              SchedulerCalls calls =
                  new SchedulerCalls(
                      vertx,
                      network.client(),
                      options.scheduler(),
                      engine.self(),
                      HostDescription.of(
                          options, engine.self().name(), port, engine.runner().enforceable()));
              SchedulerLink started = new SchedulerLink(vertx, calls, engine.subject());
              link = started;
              readiness.listens(started);
              WorkerMeters.register(started, network.telemetry().registry());
              new JobBus(vertx).watchAll(change -> started.jobChanged(change.job().id()));
              new JobBus(vertx).watchForgotten(gone -> started.jobForgotten(gone.job()));
              started.start();
            })
        .recover(failure -> engine.parts().close().transform(_ -> Future.failedFuture(failure)));
  }

  /**
   * Takes no new jobs, tells the scheduler, waits for the jobs as long as the option {@code drain}
   * says, and closes. Jobs that are left run on under a runner process; those of an embedded runner
   * are ended, as it is their parent and ends with the worker.
   */
  public Future<Void> stop() {
    engine.subject().fitness().suffer(Fitness.Trouble.STOPPING, "it is about to stop");
    return TimeLimit.within(waits.starts, engine.jobs().whenStarted())
        .onFailure(_ -> LOG.error("starts of jobs hang: not waiting for them"))
        .otherwiseEmpty()
        .eventually(this::drain)
        .eventually(this::endJobs)
        .eventually(this::leave)
        .eventually(engine.parts()::close);
  }

  private Future<Void> drain() {
    Future<Void> idle = engine.jobs().whenIdle();
    if (idle.isComplete() || options.drain().isZero()) {
      return Future.succeededFuture();
    }
    LOG.info("{} jobs run: waiting for them", engine.subject().table().running());
    return TimeLimit.within(options.drain(), idle).otherwiseEmpty();
  }

  private Future<Void> endJobs() {
    if (!engine.runner().endsWithUs()) {
      return Future.succeededFuture();
    }
    Future<Void> over =
        Future.fromCompletionStage(engine.runner().killAll(waits.grace), vertx.getOrCreateContext())
            .compose(_ -> engine.jobs().whenIdle());
    return TimeLimit.within(waits.grace.plus(waits.killed), over)
        .onFailure(_ -> LOG.error("jobs do not end: not waiting for them"))
        .otherwiseEmpty();
  }

  private Future<Void> leave() {
    return link == null ? Future.succeededFuture() : link.close("the worker was stopped");
  }
}
