package io.orrery.fleet;

import com.google.protobuf.Message;
import io.orrery.config.SchedulerOptions;
import io.orrery.config.TlsFiles;
import io.orrery.config.WorkerOptions;
import io.orrery.output.Patience;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.scheduler.SchedulerServer;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.orrery.worker.WorkerServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler and workers in this process, on free loopback ports, with certificates of their own
 * authority, all below one directory; and clients of every role.
 */
public final class Fleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path home;
  private final Vertx vertx;
  private final Map<Identity, RpcClient> clients = new HashMap<>();
  private Patience patience = Patience.DEFAULT;
  private int schedulerPort;

  private Fleet(Path home, Vertx vertx) {
    this.home = home;
    this.vertx = vertx;
  }

  /** A running scheduler and no worker. */
  public static Fleet start(Path home) throws Exception {
    Fleet fleet = prepare(home);
    fleet.startScheduler(0);
    return fleet;
  }

  /** Certificates and folders; nothing runs. */
  public static Fleet prepare(Path home) throws IOException {
    return prepare(home, Vertx.vertx());
  }

  /** The same in a Vert.x of the test's. */
  public static Fleet prepare(Path home, Vertx vertx) throws IOException {
    Fleet fleet = new Fleet(home, vertx);
    fleet.authority().init(CertificateAuthority.FIRST_IDENTITIES, List.of(), false);
    Files.createDirectories(home.resolve("scripts"));
    return fleet;
  }

  /** What the workers that are started from now on have with their readers. */
  public void setPatience(Patience withReaders) {
    patience = withReaders;
  }

  private CertificateAuthority authority() {
    return new CertificateAuthority(home.resolve("certs"), InstantSource.system());
  }

  /** Starts a scheduler; answers with what stops it. */
  public Running startScheduler(int port) throws Exception {
    return startScheduler(port, new JsonObject());
  }

  /** A scheduler with more options. */
  public Running startScheduler(int port, JsonObject more) throws Exception {
    JsonObject json =
        new JsonObject().put("port", port).put("lease", "1s").put("http", port(0)).mergeIn(more);
    SchedulerOptions options = SchedulerOptions.parse(json, home);
    Running running =
        deploy(
            () -> {
              SchedulerServer server = SchedulerServer.create(vertx, options);
              return new Started(server.start(), server::stop);
            });
    schedulerPort = running.port();
    return running;
  }

  /** What runs on a context of its own, as a verticle does. */
  public record Running(String deployment, int port) {}

  private record Started(Future<Integer> port, Supplier<Future<Void>> stop) {}

  private Running deploy(Supplier<Started> start) throws Exception {
    Hosted hosted = new Hosted(start);
    String deployment = await(vertx.deployVerticle(hosted));
    return new Running(deployment, hosted.port);
  }

  /** Stops it in order. */
  public void stop(Running running) throws Exception {
    await(vertx.undeploy(running.deployment()));
  }

  private static final class Hosted extends VerticleBase {
    private final Supplier<Started> start;
    private @Nullable Started started;
    private volatile int port;

    Hosted(Supplier<Started> start) {
      this.start = start;
    }

    @Override
    public Future<?> start() {
      started = start.get();
      return started.port().onSuccess(bound -> port = bound);
    }

    @Override
    public Future<?> stop() {
      return started == null ? Future.succeededFuture() : started.stop().get();
    }
  }

  private static JsonObject port(int port) {
    return new JsonObject().put("port", port);
  }

  /** A worker with a certificate of its own, registered when this returns. */
  public Node startWorker(String name) throws Exception {
    return startWorker(name, new JsonObject());
  }

  /** A worker with more options. */
  public Node startWorker(String name, JsonObject options) throws Exception {
    return startWorker(name, options, WorkerState.WORKER_STATE_ONLINE);
  }

  /** A worker that comes up in this state; unspecified is any in which it answers. */
  public Node startWorker(String name, JsonObject options, WorkerState state) throws Exception {
    issue(new Identity(Role.WORKER, name));
    JsonObject json =
        new JsonObject()
            .put("port", 0)
            .put("scheduler", new JsonArray().add("127.0.0.1:" + schedulerPort))
            .put("tls", tls(name))
            .put("data", "data/" + name)
            // No job has to wait, but in the tests of waiting.
            .put("slots", 500)
            // What runs jobs shall end with the test; launch has the tests of the other kind.
            .put("runner", "embedded")
            .mergeIn(options);
    WorkerOptions parsed = WorkerOptions.parse(json, home);
    AtomicReference<@Nullable WorkerServer> server = new AtomicReference<>();
    Running running =
        deploy(
            () ->
                new Started(
                    WorkerServer.open(vertx, parsed, patience)
                        .compose(
                            opened -> {
                              server.set(opened);
                              return opened.start();
                            }),
                    () -> {
                      WorkerServer opened = server.get();
                      return opened == null ? Future.succeededFuture() : opened.stop();
                    }));
    eventually("worker " + name + " is there", () -> isThere(name, running.port(), state));
    return new Node(name, workerId(name), running);
  }

  /** A worker of the fleet. */
  public record Node(String name, String id, Running running) {
    public int port() {
      return running.port();
    }
  }

  private JsonObject tls(String name) {
    return new JsonObject()
        .put("ca", "certs/ca.crt")
        .put("cert", "certs/" + name + ".crt")
        .put("key", "certs/" + name + ".key");
  }

  /** Makes a certificate where there is none of this name. */
  public TlsFiles issue(Identity identity) throws IOException {
    Path certs = home.resolve("certs");
    Path cert = certs.resolve(identity.name() + ".crt");
    if (!Files.exists(cert)) {
      List<String> hosts = identity.role().serves() ? List.of("localhost", "127.0.0.1") : List.of();
      authority().issue(identity, hosts, CertificateAuthority.VALIDITY, false);
    }
    return new TlsFiles(certs.resolve("ca.crt"), cert, certs.resolve(identity.name() + ".key"));
  }

  /** A client with a certificate of this role and name. */
  public RpcClient client(Role role, String name) throws IOException {
    Identity identity = new Identity(role, name);
    RpcClient known = clients.get(identity);
    if (known != null) {
      return known;
    }
    RpcClient client = RpcClient.create(vertx, Tls.client(issue(identity)));
    clients.put(identity, client);
    return client;
  }

  /** The administrator that every fleet has. */
  public RpcClient admin() throws IOException {
    return client(Role.ADMIN, "admin");
  }

  /** A call to the scheduler. */
  public <I extends Message, O extends Message> O call(
      RpcClient client, ServiceMethod<O, I> method, I request) throws Exception {
    return callAt(schedulerPort, client, method, request);
  }

  /** A call to whoever listens on a port. */
  public <I extends Message, O extends Message> O callAt(
      int port, RpcClient client, ServiceMethod<O, I> method, I request) throws Exception {
    return await(
        client.call(address(port), _ -> true, method, request, CallOptions.within(PATIENCE)));
  }

  public SocketAddress address(int port) {
    return SocketAddress.inetSocketAddress(port, "127.0.0.1");
  }

  public int schedulerPort() {
    return schedulerPort;
  }

  public Path home() {
    return home;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** Waits until the scheduler has found that the worker answers at its port. */
  void awaitOnline(String name, int port) throws Exception {
    eventually(
        "worker " + name + " is there", () -> isThere(name, port, WorkerState.WORKER_STATE_ONLINE));
  }

  private boolean isThere(String name, int port, WorkerState state) {
    try {
      return workers().stream()
          .anyMatch(
              node ->
                  node.getWorker().getName().equals(name)
                      && node.getWorker().getAddress().endsWith(":" + port)
                      && node.hasRegisterTime()
                      && (state == WorkerState.WORKER_STATE_UNSPECIFIED
                          ? node.getState().getNumber() <= WorkerState.WORKER_STATE_DRAINING_VALUE
                          : node.getState() == state));
    } catch (Exception notYet) {
      return false;
    }
  }

  private String workerId(String name) throws Exception {
    return workers().stream()
        .filter(node -> node.getWorker().getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getWorkerId();
  }

  /** The workers as the scheduler shows them. */
  public List<WorkerNode> workers() throws Exception {
    return call(admin(), SchedulerGrpcClient.ListWorkers, ListWorkersRequest.getDefaultInstance())
        .getWorkersList();
  }

  /** The result, within a bounded time. */
  public static <T> T await(Future<T> future) throws Exception {
    return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits until it is so; fails when it does not become so in time. */
  public static void eventually(String what, BooleanSupplier condition) throws Exception {
    eventually(what, PATIENCE, condition);
  }

  /** The same with another time. */
  static void eventually(String what, Duration patience, BooleanSupplier condition)
      throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + patience.toSeconds() + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public void close() {
    for (RpcClient client : clients.values()) {
      client.close().await();
    }
    vertx.close().await();
  }
}
