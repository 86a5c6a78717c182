package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.JobState;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -cluster}, with the conf/cluster.xml that is shipped, but for its ports. */
final class ClusterIT {
  private static final int MEMBERS = 4;
  private static final int FIRST_PORT = 5701;

  @TempDir private Path directory;
  private Home home;

  @BeforeEach
  void makeHome() throws Exception {
    home = Home.withCertificates(directory);
    String shipped = Files.readString(Path.of("conf/cluster.xml"));
    int first = freePorts();
    String own = shipped;
    for (int i = 0; i < MEMBERS; i++) {
      assertThat(own).contains("<member>127.0.0.1:" + (FIRST_PORT + i) + "</member>");
      own = own.replace(String.valueOf(FIRST_PORT + i), String.valueOf(first + i));
    }
    Files.writeString(home.resolve("conf/cluster.xml"), own);
    // conf is what bin/vertx puts on the class path.
    String probe = ClusterProbe.class.getName().replace('.', '/') + ".class";
    Path copy = home.resolve("conf").resolve(probe);
    Files.createDirectories(copy.getParent());
    try (InputStream bytes = ClusterProbe.class.getResourceAsStream("/" + probe)) {
      Files.copy(bytes, copy);
    }
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  /** The first of four ports in a row that are free now. */
  private static int freePorts() throws IOException {
    for (int first = 20_000 + (int) (ProcessHandle.current().pid() % 10_000); ; first += MEMBERS) {
      if (isFree(first) && isFree(first + 1) && isFree(first + 2) && isFree(first + 3)) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (java.net.BindException taken) {
      return false;
    }
  }

  private static void assertOnlyLoopback(Launched program) throws Exception {
    assertThat(Sockets.listening(program.pid()))
        .as("gRPC, Hazelcast and the event bus")
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(InetAddress::isLoopbackAddress);
    assertThat(Sockets.udp(program.pid())).as("no multicast").isEmpty();
  }

  @Test
  void bothVerticlesRunInAClusterThatOnlyLoopbackSees() throws Exception {
    Launched scheduler = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0), "-cluster");
    int port = scheduler.port();
    Launched worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, port), "-cluster");
    int workerPort = worker.port();

    try (Caller admin = new Caller(home.tls("admin"), port)) {
      admin.awaitOnline(workerPort);
      assertThat(admin.read(admin.start("exit 0")).finalJob().getState())
          .isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    }
    assertOnlyLoopback(scheduler);
    assertOnlyLoopback(worker);
  }

  @Test
  void whatOneProcessPublishesArrivesInTheOther() throws Exception {
    JsonObject schedulerConf = new JsonObject(Files.readString(home.schedulerConf(0)));
    Launched scheduler = probe("the scheduler's process", "SchedulerVerticle", schedulerConf);
    Path conf = home.workerConf(0, scheduler.port());
    JsonObject workerConf = new JsonObject(Files.readString(conf));
    Launched worker = probe("the worker's process", "WorkerVerticle", workerConf);

    scheduler.await(Pattern.compile("^heard the worker's process$"));
    worker.await(Pattern.compile("^heard the scheduler's process$"));
  }

  private Launched probe(String name, String verticle, JsonObject config) throws IOException {
    JsonObject json =
        new JsonObject().put("name", name).put("verticle", verticle).put("config", config);
    Path conf = home.write(verticle + "-probe.json", json);
    return home.run(ClusterProbe.class.getName(), "-conf", conf, "-cluster");
  }
}
