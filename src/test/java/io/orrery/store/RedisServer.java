package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.orrery.config.TlsFiles;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real redis-server of a test, on a free port of loopback, with its files in a directory. */
public final class RedisServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path directory;
  private final int port;
  private final @Nullable TlsFiles tls;
  private @Nullable Process process;

  private RedisServer(Path directory, @Nullable TlsFiles tls) throws IOException {
    this.directory = directory;
    this.tls = tls;
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
  }

  /** One that does not run yet. */
  static RedisServer prepared(Path directory) throws IOException {
    return new RedisServer(directory, null);
  }

  /** Starts one that keeps what it acknowledges, with these options more. */
  public static RedisServer start(Path directory, String... options) throws Exception {
    RedisServer server = new RedisServer(directory, null);
    server.run(options);
    return server;
  }

  /** One that speaks TLS alone, and asks for certificates. */
  static RedisServer startTls(Path directory, TlsFiles tls, String... options) throws Exception {
    RedisServer server = new RedisServer(directory, tls);
    server.run(options);
    return server;
  }

  /** Runs it, again after it was ended. */
  public void run(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("redis-server", "--bind", "127.0.0.1", "--dir", directory.toString()));
    TlsFiles files = tls;
    if (files == null) {
      command.addAll(List.of("--port", "" + port));
    } else {
      command.addAll(List.of("--port", "0", "--tls-port", "" + port));
      command.addAll(List.of("--tls-ca-cert-file", files.ca().toString()));
      command.addAll(List.of("--tls-cert-file", files.cert().toString()));
      command.addAll(List.of("--tls-key-file", files.key().toString()));
    }
    command.addAll(List.of("--appendonly", "yes", "--appendfsync", "always", "--save", ""));
    command.addAll(List.of(options));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("redis.log").toFile())
              .start();
    } catch (IOException missing) {
      throw new AssertionError(
          "the tests of the store need redis-server; install it with: apt-get install redis-server",
          missing);
    }
    awaitPort();
  }

  private void awaitPort() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        new Socket("127.0.0.1", port).close();
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > deadline || !running().isAlive()) {
          throw new AssertionError(Files.readString(directory.resolve("redis.log")), notYet);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private Process running() {
    Process current = process;
    if (current == null) {
      throw new IllegalStateException("it does not run");
    }
    return current;
  }

  public int port() {
    return port;
  }

  RedisStoreOptions options() {
    return options("", null);
  }

  RedisStoreOptions options(String username, @Nullable Path passwordFile) {
    return options("127.0.0.1", tls, username, passwordFile);
  }

  /** Options with other files for TLS than the server's own, or none. */
  RedisStoreOptions options(
      String host, @Nullable TlsFiles files, String username, @Nullable Path passwordFile) {
    RedisStoreOptions.Tls own =
        files == null
            ? new RedisStoreOptions.Tls(false, null, null, null)
            : new RedisStoreOptions.Tls(true, files.ca(), files.cert(), files.key());
    return new RedisStoreOptions(host, port, own, username, passwordFile, 0, "orrery:");
  }

  /** Says a command, as by hand, and answers the first line of the reply; not over TLS. */
  String say(String... words) throws IOException {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      text.append("$").append(length).append("\r\n").append(word).append("\r\n");
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
      StringBuilder reply = new StringBuilder();
      for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
        if (c < 0) {
          throw new IOException("closed after " + reply);
        }
        reply.append((char) c);
      }
      return reply.toString().strip();
    }
  }

  /** FLUSHALL. */
  public void empty() throws IOException {
    say("FLUSHALL");
  }

  /** How often it has called write(2), for its file and for its clients (proc_pid_io(5)). */
  long writes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + running().pid() + "/io")).stream()
        .filter(line -> line.startsWith("syscw: "))
        .mapToLong(line -> Long.parseLong(line.substring(7)))
        .sum();
  }

  /** SIGKILL. */
  public void kill() {
    running().destroyForcibly().onExit().join();
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, "" + running().pid()).start().waitFor();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
