package io.orrery.launch;

import io.orrery.config.TlsFiles;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An ORRERY_HOME in a directory of its own, with certificates and configuration files; what it has
 * launched ends with it.
 */
final class Home implements AutoCloseable {
  /** So many jobs that wait for something may be left by one test to the next. */
  private static final int SLOTS = 100;

  /** Fewer threads and less compiling, for a machine with much else to do. */
  static final String SMALL = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m";

  private final Path directory;
  private final Path vertx;
  private final Deque<Launched> launched = new ArrayDeque<>();

  private Home(Path directory, Path vertx) {
    this.directory = directory;
    this.vertx = vertx;
  }

  /** With configuration directories, and nothing in them. */
  static Home empty(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("conf"));
    Files.createDirectories(directory.resolve("scripts"));
    return new Home(directory, Installation.root().resolve("bin/vertx"));
  }

  /** With the certificates that {@code orrery certs init} makes. */
  static Home withCertificates(Path directory) throws IOException {
    Home home = empty(directory);
    home.authority().init(CertificateAuthority.FIRST_IDENTITIES, List.of(), false);
    return home;
  }

  private CertificateAuthority authority() {
    return new CertificateAuthority(directory.resolve("certs"), InstantSource.system());
  }

  /** Makes one more certificate. */
  TlsFiles issue(Role role, String name) throws IOException {
    List<String> hosts = role.serves() ? List.of("localhost", "127.0.0.1") : List.of();
    authority().issue(new Identity(role, name), hosts, CertificateAuthority.VALIDITY, false);
    return tls(name);
  }

  TlsFiles tls(String name) {
    Path certs = directory.resolve("certs");
    return new TlsFiles(
        certs.resolve("ca.crt"), certs.resolve(name + ".crt"), certs.resolve(name + ".key"));
  }

  Path resolve(String path) {
    return directory.resolve(path);
  }

  /** A scheduler on this port, 0 for any. */
  Path schedulerConf(int port) throws IOException {
    JsonObject http = new JsonObject().put("port", 0);
    return write(
        "scheduler.json", new JsonObject().put("port", port).put("http", http).put("lease", "5s"));
  }

  /** A worker on this port, 0 for any. */
  Path workerConf(int port, int schedulerPort) throws IOException {
    JsonArray scheduler = new JsonArray().add("127.0.0.1:" + schedulerPort);
    // However many jobs a test starts, all of them are there to be looked at in the end.
    JsonObject retention = new JsonObject().put("jobs", 1_000_000).put("records", 1_000_000);
    return write(
        "worker.json",
        new JsonObject()
            .put("port", port)
            .put("scheduler", scheduler)
            .put("slots", SLOTS)
            .put("retention", retention));
  }

  /** A worker whose jobs end with it. */
  Path embeddedWorkerConf(int port, int schedulerPort) throws IOException {
    JsonObject json = new JsonObject(Files.readString(workerConf(port, schedulerPort)));
    return write("worker.json", json.put("runner", "embedded"));
  }

  /**
   * The processes that run the jobs of the worker; those before the newest keep their jobs. A job
   * has the command line of its runner until it is executed, and is told apart by its parent.
   */
  List<ProcessHandle> runners() {
    String data = resolve("data/worker").toString();
    List<ProcessHandle> alike =
        ProcessHandle.allProcesses()
            .filter(ProcessHandle::isAlive)
            .filter(
                process ->
                    process
                        .info()
                        .arguments()
                        .filter(all -> List.of(all).contains(data))
                        .isPresent())
            .toList();
    return alike.stream()
        .filter(process -> process.parent().filter(alike::contains).isEmpty())
        .toList();
  }

  /** The runners and what they run, which outlive the worker by design. */
  private void endRunners() {
    for (ProcessHandle runner : runners()) {
      runner.descendants().forEach(ProcessHandle::destroyForcibly);
      runner.destroyForcibly();
    }
  }

  /** A file in conf. */
  Path write(String name, JsonObject json) throws IOException {
    return Files.writeString(resolve("conf").resolve(name), json.encodePrettily());
  }

  /** Starts {@code bin/vertx run VERTICLE ARGUMENT…} in the directory. */
  Launched run(String verticle, Object... arguments) throws IOException {
    return run(Map.of(), verticle, arguments);
  }

  /** The same with more variables. */
  Launched run(Map<String, String> more, String verticle, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(vertx.toString(), "run", verticle));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Map<String, String> environment = new HashMap<>(Map.of("ORRERY_JAVA_OPTS", SMALL));
    environment.putAll(more);
    environment.put("ORRERY_HOME", directory.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    Launched program = Launched.start(directory, environment, command);
    launched.push(program);
    return program;
  }

  /** The last launched first, in order where they still can. */
  @Override
  public void close() {
    RuntimeException stuck = null;
    for (Launched program : launched) {
      try (program) {
        program.terminate();
      } catch (RuntimeException e) {
        stuck = e; // the others must end all the same
      }
    }
    endRunners();
    if (stuck != null) {
      throw stuck;
    }
  }
}
