package io.orrery.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * The training run of the commands' start-up cache (JEP 514): those that people wait for, against
 * the servers that {@code bin/aot} has started.
 */
public final class AotTraining {
  private AotTraining() {}

  /** Trains with the servers of the environment. */
  public static void main(String[] args) throws IOException {
    runCommands(System.getenv());
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
