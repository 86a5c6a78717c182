package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.config.ConfigFile;
import io.orrery.config.HostPort;
import io.orrery.config.TlsFiles;
import io.orrery.security.CertificateAuthority;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler and a worker in this process, on free ports of loopback, with certificates of their
 * own: all in one temporary directory, which is gone after {@link #close} with every job.
 */
final class DemoSite implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(30);
  private static final long CLOSE_SECONDS = 20;

  private final Path directory;
  private final HostPort server;
  private final Vertx vertx = Vertx.vertx(FileCaches.none(new VertxOptions()));
  private volatile @Nullable String worker;
  private boolean closed;

  private DemoSite(Path directory, HostPort server) {
    this.directory = directory;
    this.server = server;
  }

  /** Nothing runs yet; the directory is there and only for its owner. */
  static DemoSite create() throws IOException {
    Path directory = Files.createTempDirectory("orrery-demo-");
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new DemoSite(directory, new HostPort("127.0.0.1", probe.getLocalPort()));
    }
  }

  /** Starts both and waits until the scheduler gives jobs to the worker. */
  void start() throws IOException, StatusException, InterruptedException {
    new CertificateAuthority(directory, InstantSource.system())
        .init(CertificateAuthority.FIRST_IDENTITIES, List.of(), false);
    Deployments.deploy(vertx, "SchedulerVerticle", scheduler());
    worker = Deployments.deploy(vertx, "WorkerVerticle", worker());
    long deadline = System.nanoTime() + READY.toNanos();
    ListWorkersRequest online =
        ListWorkersRequest.newBuilder().addStates(WorkerState.WORKER_STATE_ONLINE).build();
    try (Servers servers = servers()) {
      while (new Workers(servers).list(online).isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new CommandException("the worker did not register within 30s");
        }
        Thread.sleep(50);
      }
    }
  }

  private JsonObject scheduler() {
    return new JsonObject()
        .put("host", server.host())
        .put("port", server.port())
        .put("http", new JsonObject().put("port", 0))
        .put("tls", tls("scheduler"))
        .put("store", new JsonObject().put("path", path("scheduler")));
  }

  private JsonObject worker() {
    return new JsonObject()
        .put("host", server.host())
        .put("port", 0)
        .put("scheduler", new JsonArray().add(server.toString()))
        .put("tls", tls("worker"))
        .put("data", path("worker"))
        .put("scripts", ConfigFile.home().resolve("scripts").toString())
        .put("runner", "embedded");
  }

  private JsonObject tls(String name) {
    return new JsonObject()
        .put("ca", path("ca.crt"))
        .put("cert", path(name + ".crt"))
        .put("key", path(name + ".key"));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** What a command needs in its environment to talk to this site. */
  Map<String, String> environment() {
    return Map.of(
        "ORRERY_SERVER", server.toString(),
        "ORRERY_CA", path("ca.crt"),
        "ORRERY_CERT", path("admin.crt"),
        "ORRERY_KEY", path("admin.key"));
  }

  private Servers servers() {
    TlsFiles files =
        new TlsFiles(
            directory.resolve("ca.crt"),
            directory.resolve("admin.crt"),
            directory.resolve("admin.key"));
    return new Servers(new ConnectionSettings(List.of(server), files));
  }

  /** Stops every job, both servers, and removes all files; once, whoever calls it how often. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (Servers servers = servers()) {
      stopJobs(servers);
    } catch (IOException | StatusException | RuntimeException _) {
      // It never came up, then there are none.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    try {
      // First the worker, which takes its leave of the scheduler.
      await(leave());
      await(vertx.close());
    } catch (Exception e) {
      throw new IOException("the servers did not stop in order: " + e.getMessage(), e);
    } finally {
      delete();
    }
  }

  /** Blocks, and not by a future of Vert.x, which completes on an event loop that may have gone. */
  private static void await(Future<Void> closing) throws Exception {
    closing.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  private Future<Void> leave() {
    return worker == null ? Future.succeededFuture() : vertx.undeploy(worker);
  }

  private static void stopJobs(Servers servers)
      throws IOException, StatusException, InterruptedException {
    ListJobsRequest all = ListJobsRequest.newBuilder().setPageSize(1000).build();
    for (Job job : servers.ask(Api.LIST_JOBS, all).getJobsList()) {
      if (!JobText.hasEnded(job)) {
        StopJobRequest stop =
            StopJobRequest.newBuilder()
                .setJobId(job.getJobId())
                .setGrace(com.google.protobuf.Duration.newBuilder().setSeconds(1))
                .build();
        servers.ask(Api.STOP_JOB, stop);
      }
    }
  }

  private void delete() throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(directory)) {
      files = new ArrayList<>(tree.toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Collections.reverse(files);
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
