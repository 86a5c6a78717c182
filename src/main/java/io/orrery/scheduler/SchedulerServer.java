package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
import io.orrery.http.HttpFace;
import io.orrery.metrics.Telemetry;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Tls;
import io.orrery.store.JobStore;
import io.orrery.store.JobStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scheduler: its parts, put together and started. */
public final class SchedulerServer {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final long TICK_MILLIS = 1_000;

  private final Vertx vertx;
  private final SchedulerOptions options;
  private final InstantSource clock = InstantSource.system();
  private final Fleet fleet;
  private final Settling settling;
  private final RpcServer server;
  private final HttpFace face;
  private final WorkerLinks links;
  private final AddressCheck check;
  private final Telemetry telemetry;
  private final SchedulerReadiness readiness;
  private final List<Long> timers = new ArrayList<>();
  private @Nullable JobStore store;
  private @Nullable History history;

  /** The workers, and what is on this machine's disk of them. */
  private record Fleet(LeaseClock leases, Registry registry, KnownWorkers known, Drains drains) {}

  private SchedulerServer(
      Vertx vertx, SchedulerOptions options, Fleet fleet, Telemetry telemetry, WorkerLinks links) {
    this.vertx = vertx;
    this.options = options;
    this.fleet = fleet;
    this.telemetry = telemetry;
    RpcServerOptions serving =
        new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls()));
    server = RpcServer.create(vertx, serving, telemetry.registry());
    this.links = links;
    face = new HttpFace(vertx, server.direct(), options.http().port());
    settling = new Settling(fleet.known().before());
    readiness = new SchedulerReadiness(settling);
    WorkerMeters.register(fleet.registry(), telemetry.registry());
    check = new AddressCheck(vertx, fleet.registry(), links);
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
    Drains drains = new Drains(vertx, options.store().path(), System::nanoTime, clock.instant());
    drains.all().forEach(registry::drain);
    KnownWorkers known = new KnownWorkers(vertx, options.store().path());
    known.before().forEach(registry::restore);
    WorkerLinks links = WorkerLinks.create(vertx, options.tls());
    Telemetry telemetry = Telemetry.create(vertx, options.metrics());
    return new SchedulerServer(
        vertx, options, new Fleet(leases, registry, known, drains), telemetry, links);
  }

  /** Takes up what the store knows, and listens; answers with the port. */
  public Future<Integer> start() {
    return telemetry
        .open(readiness)
        .compose(_ -> JobStores.open(vertx, options.store(), telemetry.registry()))
        .compose(this::start)
        .onSuccess(_ -> readiness.listens())
        .recover(failure -> telemetry.close().transform(_ -> Future.failedFuture(failure)));
  }

  private Future<Integer> start(JobStore opened) {
    store = opened;
    Registry registry = fleet.registry();
    JobIndex index = new JobIndex(new MessageBudget(MessageBudget.MOST_BYTES));
    JobRecords records = new JobRecords(vertx, opened);
    readiness.opened(opened, records::fullBecause);
    JobQueue.Parts parts = new JobQueue.Parts(index, new Rooms(), records);
    JobOrders orders = new JobOrders(registry, index, records, links);
    JobQueue queue =
        new JobQueue(
            vertx,
            clock,
            parts,
            orders,
            new JobQueue.Bounds(options.queue(), options.queueTimeout()));
    JobArrivals arrivals = new JobArrivals(index);
    JobChanges changes = new JobChanges(registry, parts, arrivals, queue);
    index.onChange(
        telemetry.isOn() ? new JobMeters(clock, changes, telemetry.registry()) : changes);
    JobMeters.register(records, telemetry.registry());
    JobMeters.register(queue.backlog()::size, queue.backlog()::oldest, clock, telemetry.registry());
    ForgottenJobs forgotten = new ForgottenJobs(records, queue, orders::forgotten);
    opened.onForgotten(
        () -> {
          changes.noteAgain();
          forgotten.look();
          records.learnIds();
        });
    registry.onChange(
        node -> {
          if (parts.rooms().update(node)) {
            queue.look();
          }
        });
    bind(parts, queue, arrivals);
    return new QueueRecovery(records, queue, orders, changes)
        .run()
        .onSuccess(_ -> records.learnIds())
        .compose(_ -> listen(queue, changes, forgotten, opened));
  }

  private void bind(JobQueue.Parts parts, JobQueue queue, JobArrivals arrivals) {
    Registry registry = fleet.registry();
    JobLocator locator = new JobLocator(registry, parts.index(), settling, parts.records());
    KnownJobs known = new KnownJobs(locator, parts, registry, arrivals, links);
    known.bind(server);
    new JobCalls(locator, queue, parts.records(), known, arrivals, links).bind(server);
    WaitingStreams waits = new WaitingStreams(vertx, clock, arrivals, parts.records(), known);
    new JobStreams(locator, waits, known, links).bind(server);
    new JobAttachments(locator, waits, known, links).bind(server);
    new JobLists(registry, parts.records(), links).bind(server);
    new Explanations(locator, queue, parts, clock).bind(server);
    WorkerWishes wishes = new WorkerWishes(registry, parts.index(), fleet.drains());
    JobReports reports = new JobReports(registry, parts.index(), wishes, clock);
    WorkerReports.Arrivals come = new WorkerReports.Arrivals(fleet.known(), settling, check);
    new WorkerReports(registry, reports, wishes, come).bind(server);
    new WorkerLists(registry).bind(server);
    new DrainCalls(registry, fleet.drains(), clock).bind(server);
    new ForgetCalls(registry, parts, reports, fleet.drains(), come).bind(server);
    timers.add(
        vertx.setPeriodic(fleet.leases().period().toMillis(), _ -> lookForTheSilent(reports)));
  }

  private void lookForTheSilent(JobReports reports) {
    fleet.registry().expire();
    String time = options.lostAfter().toSeconds() + " s";
    fleet
        .registry()
        .silentFor(options.lostAfter())
        .forEach(
            node -> reports.silent(node, "nothing was heard of its worker for another " + time));
    if (fleet.leases().isFirstGraceOver() && fleet.leases().hasHeardFor(options.lostAfter())) {
      reports.unknown("nothing was heard of its worker since the scheduler was started, " + time);
    }
  }

  private Future<Integer> listen(
      JobQueue queue, JobChanges changes, ForgottenJobs forgotten, JobStore opened) {
    timers.add(
        vertx.setPeriodic(
            TICK_MILLIS,
            _ -> {
              queue.tick();
              changes.tick();
              forgotten.tick();
            }));
    history =
        new History(
            vertx,
            opened,
            options.store(),
            new CautiousClock(clock, System::nanoTime, options.store().keepAge()));
    history.start();
    settling.start(vertx, fleet.leases().lease());
    fleet.leases().begin();
    return server.listen().compose(port -> face.start().map(port));
  }

  /** Ends open streams with 'draining', then closes. */
  public Future<Void> stop() {
    readiness.stops();
    timers.forEach(vertx::cancelTimer);
    check.close();
    if (history != null) {
      history.stop();
    }
    return Future.join(server.shutdown(STOP_PATIENCE), face.stop(STOP_PATIENCE))
        .eventually(links::close)
        .eventually(() -> store == null ? Future.succeededFuture() : store.close())
        .eventually(telemetry::close)
        .mapEmpty();
  }
}
