package io.orrery.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The training run of the start-up cache (JEP 514): the commands that people wait for, against a
 * scheduler and a worker in another process, whose classes shall not be in the cache.
 */
public final class AotTraining {
  private static final String SERVE = "serve";

  private AotTraining() {}

  /** Trains; as the other process with {@code serve} it serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains(SERVE)) {
      serve();
    } else {
      train();
    }
  }

  private static void serve() throws Exception {
    DemoSite site = DemoSite.create();
    try (site) {
      site.start();
      StringBuilder lines = new StringBuilder();
      site.environment().forEach((key, value) -> lines.append(key + "=" + value + "\n"));
      Console.system().print(lines + "\n");
      System.in.transferTo(OutputStream.nullOutputStream());
    }
    System.exit(0);
  }

  private static void train() throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElse("java");
    Process servers =
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                AotTraining.class.getName(),
                SERVE)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // It ends when this pipe does, also when we are killed.
    try (OutputStream end = servers.getOutputStream()) {
      Map<String, String> environment = read(servers.getInputStream());
      environment.put("HOME", System.getProperty("user.home"));
      runCommands(environment);
      end.flush();
    }
    servers.waitFor();
  }

  private static Map<String, String> read(InputStream from) throws IOException {
    Map<String, String> environment = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      int equals = line.indexOf('=');
      environment.put(line.substring(0, equals), line.substring(equals + 1));
    }
    if (environment.isEmpty()) {
      throw new IOException("the servers to train with did not start");
    }
    return environment;
  }

  private static void runCommands(Map<String, String> environment) throws IOException {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Console console = new Console(InputStream.nullInputStream(), nowhere, nowhere);
    Cli cli = new Cli(new Session(console, environment, new ProcessInterrupts()));
    check(cli.run("run", "echo", "hello"), 0);
    check(cli.run("run", "-e", "A=b", "--", "sh", "-c", "exit 3"), 3);
    check(cli.run("status", "last"), 0);
    check(cli.run("status", "-o", "json", "last"), 0);
    check(cli.run("logs", "last"), 0);
    check(cli.run("wait", "last"), 3);
    check(cli.run("ps"), 0);
    check(cli.run("workers"), 0);
    check(cli.run("status", "ffffffff"), ExitCode.OURS);
    check(cli.run("--help"), 0);
  }

  private static void check(int code, int expected) throws IOException {
    if (code != expected) {
      throw new IOException("a command ended with " + code + " instead of " + expected);
    }
  }
}
