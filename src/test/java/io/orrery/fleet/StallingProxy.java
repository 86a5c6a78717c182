package io.orrery.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Passes TCP connections on to a port of this host, and holds back what goes one way or the other
 * when it is told to, as a network does that loses packets without a word.
 */
final class StallingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final List<Socket> sockets = new ArrayList<>();
  private final Set<Way> stalled = EnumSet.noneOf(Way.class);

  /** The two ways of a connection, as seen by who opens it. */
  enum Way {
    THERE,
    BACK
  }

  private StallingProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  static StallingProxy to(int port) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    StallingProxy proxy = new StallingProxy(listener, port);
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  synchronized void stall(Set<Way> ways) {
    stalled.clear();
    stalled.addAll(ways);
    notifyAll();
  }

  private synchronized void keep(Socket socket) {
    sockets.add(socket);
  }

  private synchronized void pass(Way way) throws InterruptedException {
    while (stalled.contains(way) && !listener.isClosed()) {
      wait();
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket from = listener.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        keep(from);
        keep(to);
        Thread.ofVirtual().start(() -> pump(from, to, Way.THERE));
        Thread.ofVirtual().start(() -> pump(to, from, Way.BACK));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, Way way) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        pass(way);
        out.write(bytes, 0, count);
      }
    } catch (IOException | InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    notifyAll();
  }
}
