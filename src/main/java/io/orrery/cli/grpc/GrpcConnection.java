package io.orrery.cli.grpc;

import com.google.protobuf.MessageLite;
import io.orrery.config.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection to one server over TLS; many threads may make calls on it. */
public final class GrpcConnection implements AutoCloseable {
  private final Http2Connection connection;
  private final String authority;

  GrpcConnection(Http2Connection connection, String authority) {
    this.connection = connection;
    this.authority = authority;
  }

  /** What a connection is made with. */
  public record Security(SSLContext context, SSLParameters parameters) {}

  /**
   * Connects and greets.
   *
   * @param timeout for the connection, and for each answer of the TLS handshake
   * @throws javax.net.ssl.SSLException when the server cannot be trusted or is no server of HTTP/2
   * @throws IOException when it cannot be reached
   */
  public static GrpcConnection open(HostPort server, Security security, Duration timeout)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) timeout.toMillis());
      socket.connect(new InetSocketAddress(server.host(), server.port()), (int) timeout.toMillis());
      // On top of a socket of its own: that one can be closed at any moment without waiting.
      SSLSocket tls =
          (SSLSocket)
              security
                  .context
                  .getSocketFactory()
                  .createSocket(socket, server.host(), server.port(), true);
      tls.setSSLParameters(security.parameters);
      tls.startHandshake();
      socket.setSoTimeout(0);
      return new GrpcConnection(
          new Http2Connection(
              tls.getInputStream(), tls.getOutputStream(), socket, Http2Connection.Patience.USUAL),
          server.toString());
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Starts a call; nothing has been sent when this returns. */
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> call(
      Rpc<Q, R> rpc, Duration deadline) throws IOException, InterruptedException {
    HeaderEncoder headers =
        new HeaderEncoder()
            .indexed(3) // :method POST
            .indexed(7) // :scheme https
            .add(":path", rpc.path())
            .add(":authority", authority)
            .add("content-type", "application/grpc")
            .add("te", "trailers")
            .add("user-agent", "orrery-cli");
    if (!deadline.equals(Call.NO_DEADLINE)) {
      headers.add("grpc-timeout", Math.min(deadline.toMillis(), 99_999_999) + "m");
    }
    return new Call<>(connection, connection.open(headers.block()), rpc.answer(), deadline);
  }

  /** Asks once and waits for the one answer. */
  public <Q extends MessageLite, R extends MessageLite> R unary(
      Rpc<Q, R> rpc, Q request, Duration deadline)
      throws IOException, StatusException, InterruptedException {
    Call<Q, R> call = call(rpc, deadline);
    call.send(request, true);
    R answer = call.next();
    if (answer == null) {
      throw new StatusException(StatusCode.INTERNAL, "the server ended the call without an answer");
    }
    // The status comes after the message, and may be an error yet.
    if (call.next() != null) {
      throw new StatusException(StatusCode.INTERNAL, "the server sent two answers to one question");
    }
    return answer;
  }

  /** Whether new calls can be made. */
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public void close() {
    connection.close();
  }
}
