package io.orrery.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What goes to a worker, sent by a thread of its own: those who follow jobs never wait for it. A
 * worker that does not take its messages is cut off when there are too many; it reads what it has
 * missed from the disk when it connects again. Thread-safe.
 */
final class Outbox implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Outbox.class.getName());

  /** Some seconds' worth of starts and exits, and about a megabyte. */
  private static final int MOST = 1000;

  private final BlockingQueue<Map<String, Object>> waiting = new LinkedBlockingQueue<>(MOST);
  private final RunnerChannel channel;
  private final Thread sending =
      Thread.ofPlatform().name("orrery-outbox").daemon().unstarted(this::sendAll);
  private volatile boolean closed;

  Outbox(RunnerChannel channel) {
    this.channel = channel;
    sending.start();
  }

  /** Does not block. */
  void send(Map<String, Object> message) {
    if (!closed && !waiting.offer(message)) {
      LOG.log(Level.ERROR, "the worker does not read what it is told: it is cut off");
      close();
    }
  }

  private void sendAll() {
    try {
      while (!closed) {
        channel.send(waiting.take());
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the worker does not listen: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a message to the worker cannot be sent: it is cut off", e);
    }
    close();
  }

  /** Closes the channel too. */
  @Override
  public void close() {
    closed = true;
    waiting.clear();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing", e);
    }
    sending.interrupt();
  }
}
