package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
import io.orrery.rpc.RpcClient;
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
  private final Registry registry;
  private final RpcServer server;
  private final RpcClient client;
  private long expiry = -1;

  private SchedulerServer(Vertx vertx, Registry registry, RpcServer server, RpcClient client) {
    this.vertx = vertx;
    this.registry = registry;
    this.server = server;
    this.client = client;
  }

  /** Puts the parts together; nothing is listening yet. */
  public static SchedulerServer create(Vertx vertx, SchedulerOptions options) {
    Registry registry = new Registry(options.lease(), InstantSource.system(), System::nanoTime);
    JobIndex index = new JobIndex();
    RpcClient client = RpcClient.create(vertx, Tls.client(options.tls()));
    WorkerLinks links = new WorkerLinks(client);
    RpcServer server =
        RpcServer.create(
            vertx, new RpcServerOptions(options.host(), options.port(), Tls.server(options.tls())));
    new JobCalls(registry, index, links).bind(server);
    new JobStreams(registry, index, links).bind(server);
    new JobLists(registry, links).bind(server);
    new WorkerReports(registry, index).bind(server);
    new WorkerLists(registry).bind(server);
    return new SchedulerServer(vertx, registry, server, client);
  }

  /** Listens; answers with the port. */
  public Future<Integer> start() {
    long period = Math.max(10, registry.lease().toMillis() / 4);
    expiry = vertx.setPeriodic(period, _ -> registry.expire());
    return server.listen();
  }

  /** Ends open streams with 'draining', then closes. */
  public Future<Void> stop() {
    vertx.cancelTimer(expiry);
    return server.shutdown(STOP_PATIENCE).eventually(client::close);
  }
}
