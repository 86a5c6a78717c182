package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;

/** A scheduler: its parts, put together and started. */
public final class SchedulerServer {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Liveness liveness;
  private final Settling settling;
  private final RpcServer server;
  private final WorkerLinks links;
  private long watch = -1;

  /** What decides who is alive, and which jobs are lost. */
  private record Liveness(
      LeaseClock leases,
      Registry registry,
      JobReports jobs,
      AddressCheck check,
      Duration lostAfter) {
    void look() {
      registry.expire();
      String time = lostAfter.toSeconds() + " s";
      registry
          .silentFor(lostAfter)
          .forEach(
              node -> jobs.silent(node, "nothing was heard of its worker for another " + time));
    }
  }

  private SchedulerServer(
      Vertx vertx, Liveness liveness, Settling settling, RpcServer server, WorkerLinks links) {
    this.vertx = vertx;
    this.liveness = liveness;
    this.settling = settling;
    this.server = server;
    this.links = links;
  }

  /**
   * Puts the parts together; nothing is listening yet. Blocks for the disk.
   *
   * @throws IllegalStateException when what must not be forgotten cannot be read
   */
  public static SchedulerServer create(Vertx vertx, SchedulerOptions options) {
    InstantSource clock = InstantSource.system();
    LeaseClock leases = new LeaseClock(options.lease(), System::nanoTime);
    Registry registry = new Registry(leases, clock);
    JobIndex index = new JobIndex(clock, new MessageBudget(MessageBudget.MOST_BYTES));
    Drains drains = new Drains(vertx, options.store().path(), System::nanoTime, clock.instant());
    drains.all().forEach(registry::drain);
    KnownWorkers known = new KnownWorkers(vertx, options.store().path());
    known.before().forEach(registry::restore);
    Settling settling = new Settling(known.before());
    JobLocator locator = new JobLocator(registry, index, settling);
    WorkerLinks links = WorkerLinks.create(vertx, options.tls());
    WorkerWishes wishes = new WorkerWishes(registry, index, drains);
    JobReports reports = new JobReports(registry, index, wishes, clock);
    AddressCheck check = new AddressCheck(vertx, registry, links);
    RpcServer server =
        RpcServer.create(
            vertx, new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())));
    KnownJobs knownJobs = new KnownJobs(locator, index, links);
    knownJobs.bind(server);
    new JobCalls(registry, index, locator, links).bind(server);
    new JobStreams(locator, links).bind(server);
    new JobAttachments(locator, links).bind(server);
    new JobLists(registry, index, knownJobs, links).bind(server);
    WorkerReports.Arrivals arrivals = new WorkerReports.Arrivals(known, settling, check);
    new WorkerReports(registry, reports, wishes, arrivals).bind(server);
    new WorkerLists(registry).bind(server);
    new DrainCalls(registry, drains, clock).bind(server);
    Liveness liveness = new Liveness(leases, registry, reports, check, options.lostAfter());
    return new SchedulerServer(vertx, liveness, settling, server, links);
  }

  /** Listens; answers with the port. */
  public Future<Integer> start() {
    watch = vertx.setPeriodic(liveness.leases().period().toMillis(), _ -> liveness.look());
    settling.start(vertx, liveness.leases().lease());
    return server.listen();
  }

  /** Ends open streams with 'draining', then closes. */
  public Future<Void> stop() {
    vertx.cancelTimer(watch);
    liveness.check().close();
    return server.shutdown(STOP_PATIENCE).eventually(links::close);
  }
}
