package io.orrery.cli;

import com.google.protobuf.MessageLite;
import io.orrery.cli.grpc.Call;
import io.orrery.cli.grpc.ConnectionLostException;
import io.orrery.cli.grpc.GrpcConnection;
import io.orrery.cli.grpc.Rpc;
import io.orrery.cli.grpc.StatusCode;
import io.orrery.cli.grpc.StatusException;
import io.orrery.config.HostPort;
import io.orrery.security.PemFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The servers as one: keeps a connection to one of them, and goes on to the next when it is lost.
 * Many threads may ask.
 */
final class Servers implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(15);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int TRIES = 3;

  private final ConnectionSettings settings;
  private GrpcConnection.@Nullable Security security;
  private @Nullable GrpcConnection connection;
  private int current;

  Servers(ConnectionSettings settings) {
    this.settings = settings;
  }

  /**
   * Asks once, again where the connection was lost or the server could not serve: so only what may
   * be repeated.
   *
   * @throws StatusException when the server refuses
   * @throws IOException when no server answers
   */
  <Q extends MessageLite, R extends MessageLite> R ask(Rpc<Q, R> rpc, Q request, Duration deadline)
      throws IOException, StatusException, InterruptedException {
    Patience patience = new Patience(Duration.ofSeconds(2));
    for (int tries = 1; ; tries++) {
      boolean last = tries == TRIES;
      try {
        return connect().unary(rpc, request, deadline);
      } catch (ConnectionLostException e) {
        if (last) {
          throw e;
        }
      } catch (StatusException e) {
        if (last || e.code() != StatusCode.UNAVAILABLE || settings.servers().size() == 1) {
          throw e;
        }
      }
      next();
      patience.pause();
    }
  }

  /** Asks with the deadline of a question that is answered at once. */
  <Q extends MessageLite, R extends MessageLite> R ask(Rpc<Q, R> rpc, Q request)
      throws IOException, StatusException, InterruptedException {
    return ask(rpc, request, DEADLINE);
  }

  /** Starts a call that streams its answers; it is not repeated. */
  <Q extends MessageLite, R extends MessageLite> Call<Q, R> stream(Rpc<Q, R> rpc, Q request)
      throws IOException, InterruptedException {
    Call<Q, R> call = connect().call(rpc, Call.NO_DEADLINE);
    call.send(request, true);
    return call;
  }

  /** Starts a call in which messages go both ways, with its first; it is not repeated. */
  <Q extends MessageLite, R extends MessageLite> Call<Q, R> converse(Rpc<Q, R> rpc, Q first)
      throws IOException, InterruptedException {
    Call<Q, R> call = connect().call(rpc, Call.NO_DEADLINE);
    call.send(first, false);
    return call;
  }

  /** The server that is asked, or was last. */
  synchronized HostPort server() {
    return settings.servers().get(current);
  }

  /** Leaves the present server for the next in the list. */
  synchronized void next() {
    if (connection != null && !connection.isOpen()) {
      connection.close();
      connection = null;
    }
    if (connection == null) {
      current = (current + 1) % settings.servers().size();
    }
  }

  private synchronized GrpcConnection connect() throws IOException {
    if (connection != null && connection.isOpen()) {
      return connection;
    }
    connection = null;
    GrpcConnection.Security present = security;
    if (present == null) {
      present =
          new GrpcConnection.Security(PemFiles.sslContext(settings.files()), PemFiles.parameters());
      security = present;
    }
    List<HostPort> servers = settings.servers();
    UnreachableException unreachable = new UnreachableException();
    for (int tries = 0; tries < servers.size(); tries++) {
      try {
        GrpcConnection opened = GrpcConnection.open(server(), present, CONNECT_TIMEOUT);
        connection = opened;
        return opened;
      } catch (IOException e) {
        unreachable.add(server(), e);
        current = (current + 1) % servers.size();
      }
    }
    throw unreachable;
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
