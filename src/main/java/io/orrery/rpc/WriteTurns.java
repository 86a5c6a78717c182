package io.orrery.rpc;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Has the streams of a connection that wait to write do so one after the other. Netty tells the
 * streams in the order of their opening that the connection takes bytes again, and the first would
 * have all that there is. For the event loop of the connection.
 */
final class WriteTurns {
  private static final AttributeKey<WriteTurns> KEY = AttributeKey.valueOf(WriteTurns.class, "KEY");

  private final Channel channel;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean scheduled;

  /** Several have their turn, and not all may have written. */
  private boolean inRound;

  private WriteTurns(Channel channel) {
    this.channel = channel;
  }

  /** Those of a channel, the same each time. */
  static WriteTurns of(Channel channel) {
    WriteTurns turns = channel.attr(KEY).get();
    if (turns == null) {
      turns = new WriteTurns(channel);
      channel.attr(KEY).set(turns);
    }
    return turns;
  }

  /** Whether who has written may write once more: it is nobody else's turn. */
  boolean isFree() {
    return waiting.isEmpty() && !inRound && channel.isWritable();
  }

  /**
   * Runs this, once and never at once, when those who came before had their turn. It, or a task
   * that it gives to the event loop, may write one message.
   */
  void await(Runnable turn) {
    waiting.add(turn);
    schedule();
  }

  /** The connection takes bytes again, and the streams know. */
  void schedule() {
    if (!scheduled && !inRound && !waiting.isEmpty() && channel.isWritable()) {
      scheduled = true;
      channel.eventLoop().execute(this::round);
    }
  }

  private void round() {
    scheduled = false;
    inRound = waiting.size() > 1;
    try {
      for (int left = waiting.size(); left > 0 && channel.isWritable(); left--) {
        waiting.removeFirst().run();
      }
    } finally {
      // behind the tasks of those that have their turn
      channel.eventLoop().execute(this::over);
    }
  }

  private void over() {
    inRound = false;
    schedule();
  }
}
