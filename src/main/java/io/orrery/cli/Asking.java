package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks a server; it returns its exit code. */
abstract class Asking implements Callable<Integer> {
  private final Session session;

  @Mixin private final ConnectionFlags connection = new ConnectionFlags();

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Mixin
  private final HelpFlag help = new HelpFlag();

  Asking(Session session) {
    this.session = session;
  }

  final Session session() {
    return session;
  }

  final Console console() {
    return session.console();
  }

  @Override
  public final Integer call() throws Exception {
    ConnectionSettings settings = ConnectionSettings.of(connection, session.environment());
    try (Servers servers = new Servers(settings)) {
      return ask(servers, new JobIds(servers, settings));
    }
  }

  /** A connection of its own to the same servers, for what must not wait for the others. */
  final Servers another() {
    return new Servers(ConnectionSettings.of(connection, session.environment()));
  }

  abstract int ask(Servers servers, JobIds ids)
      throws IOException, StatusException, InterruptedException;
}
