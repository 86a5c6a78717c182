package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A scheduler: its parts, put together and started. */
public final class SchedulerServer {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Registry registry;
  private final Settling settling;
  private final RpcServer server;
  private final WorkerLinks links;
  private long expiry = -1;

  private SchedulerServer(
      Vertx vertx, Registry registry, Settling settling, RpcServer server, WorkerLinks links) {
    this.vertx = vertx;
    this.registry = registry;
    this.settling = settling;
    this.server = server;
    this.links = links;
  }

  /** Puts the parts together; nothing is listening yet. Blocks for the disk. */
  public static SchedulerServer create(Vertx vertx, SchedulerOptions options) {
    Registry registry = new Registry(options.lease(), InstantSource.system(), System::nanoTime);
    JobIndex index =
        new JobIndex(InstantSource.system(), new MessageBudget(MessageBudget.MOST_BYTES));
    KnownWorkers known = new KnownWorkers(vertx, options.store().path());
    List<WorkerProfile> before = known.read();
    before.forEach(registry::restore);
    Settling settling = new Settling(before);
    JobLocator locator = new JobLocator(registry, index, settling);
    WorkerLinks links = WorkerLinks.create(vertx, options.tls());
    RpcServer server =
        RpcServer.create(
            vertx, new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())));
    new JobCalls(registry, index, locator, links).bind(server);
    new JobStreams(locator, links).bind(server);
    new JobAttachments(locator, links).bind(server);
    new JobLists(registry, links).bind(server);
    new WorkerReports(registry, index, known, settling).bind(server);
    new WorkerLists(registry).bind(server);
    return new SchedulerServer(vertx, registry, settling, server, links);
  }

  /** Listens; answers with the port. */
  public Future<Integer> start() {
    long period = Math.max(10, registry.lease().toMillis() / 4);
    expiry = vertx.setPeriodic(period, _ -> registry.expire());
    settling.start(vertx, registry.lease());
    return server.listen();
  }

  /** Ends open streams with 'draining', then closes. */
  public Future<Void> stop() {
    vertx.cancelTimer(expiry);
    return server.shutdown(STOP_PATIENCE).eventually(links::close);
  }
}
