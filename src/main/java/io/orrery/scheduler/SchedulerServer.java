package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
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
  private final Registry registry;
  private final KnownWorkers known;
  private final Settling settling;
  private final RpcServer server;
  private final WorkerLinks links;
  private final List<Long> timers = new ArrayList<>();
  private @Nullable JobStore store;

  private SchedulerServer(
      Vertx vertx, SchedulerOptions options, Registry registry, KnownWorkers known) {
    this.vertx = vertx;
    this.options = options;
    this.registry = registry;
    this.known = known;
    List<WorkerProfile> before = known.read();
    before.forEach(registry::restore);
    settling = new Settling(before);
    links = WorkerLinks.create(vertx, options.tls());
    server =
        RpcServer.create(
            vertx, new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())));
  }

  /** Puts the parts together; nothing is listening yet. Blocks for the disk. */
  public static SchedulerServer create(Vertx vertx, SchedulerOptions options) {
    return new SchedulerServer(
        vertx,
        options,
        new Registry(options.lease(), InstantSource.system(), System::nanoTime),
        new KnownWorkers(vertx, options.store().path()));
  }

  /** Takes up what the store knows, and listens; answers with the port. */
  public Future<Integer> start() {
    return JobStores.open(vertx, options.store()).compose(this::start);
  }

  private Future<Integer> start(JobStore opened) {
    store = opened;
    InstantSource clock = InstantSource.system();
    JobIndex index = new JobIndex(clock, new MessageBudget(MessageBudget.MOST_BYTES));
    Rooms rooms = new Rooms();
    JobRecords records = new JobRecords(vertx, opened);
    JobQueue.Parts parts = new JobQueue.Parts(index, rooms, records);
    JobOrders orders = new JobOrders(registry, index, records, links);
    JobQueue queue =
        new JobQueue(
            vertx,
            clock,
            parts,
            orders,
            new JobQueue.Bounds(options.queue(), options.queueTimeout()));
    JobArrivals arrivals = new JobArrivals(index);
    index.onChange(new JobChanges(registry, parts, arrivals, queue));
    registry.onChange(
        node -> {
          rooms.update(node);
          queue.look();
        });
    bind(parts, queue, arrivals);
    return queue
        .load()
        .compose(
            _ -> {
              timers.add(
                  vertx.setPeriodic(
                      Math.max(10, registry.lease().toMillis() / 4), _ -> registry.expire()));
              timers.add(vertx.setPeriodic(TICK_MILLIS, _ -> queue.tick()));
              settling.start(vertx, registry.lease());
              return server.listen();
            });
  }

  private void bind(JobQueue.Parts parts, JobQueue queue, JobArrivals arrivals) {
    JobLocator locator = new JobLocator(registry, parts.index(), settling, parts.records());
    WaitingStreams waits =
        new WaitingStreams(vertx, InstantSource.system(), arrivals, parts.records());
    new JobCalls(locator, queue, parts.records(), arrivals, links).bind(server);
    new JobStreams(locator, waits, links).bind(server);
    new JobAttachments(locator, arrivals, links).bind(server);
    new JobLists(registry, parts.records(), links).bind(server);
    new Explanations(locator, queue, parts).bind(server);
    new WorkerReports(registry, parts.index(), known, settling).bind(server);
    new WorkerLists(registry).bind(server);
  }

  /** Ends open streams with 'draining', then closes. */
  public Future<Void> stop() {
    timers.forEach(vertx::cancelTimer);
    return server
        .shutdown(STOP_PATIENCE)
        .eventually(links::close)
        .eventually(() -> store == null ? Future.succeededFuture() : store.close());
  }
}
