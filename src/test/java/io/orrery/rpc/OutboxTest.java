package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final int LARGE = Outbox.ROOM_BYTES;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final WriteTurns turns = WriteTurns.of(channel);
  private final List<String> told = new ArrayList<>();
  private final Outbox first = outbox("first");
  private final Outbox second = outbox("second");
  private boolean full;

  private Outbox outbox(String name) {
    Outbox outbox = new Outbox(turns, () -> full);
    outbox.drainHandler(() -> told.add(name));
    return outbox;
  }

  private void connectionTakesBytes(boolean takes) {
    ChannelOutboundBuffer buffer = Objects.requireNonNull(channel.unsafe().outboundBuffer());
    buffer.setUserDefinedWritability(1, takes);
    if (takes) {
      turns.schedule();
    }
    channel.runPendingTasks();
  }

  private static Future<Void> sent() {
    return Future.succeededFuture();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsSentAtOnceNeedsNoPause() {
    assertThat(first.add(LARGE, sent())).isTrue();
    assertThat(first.add(LARGE, sent())).isTrue();

    channel.runPendingTasks();
    assertThat(told).isEmpty();
  }

  @Test
  void pausesWhenItsRoomIsUsedUntilSomethingWasSent() {
    Promise<Void> half = Promise.promise();
    Promise<Void> other = Promise.promise();
    assertThat(first.add(LARGE / 2, half.future())).isTrue();
    assertThat(first.add(LARGE / 2, other.future())).isFalse();
    channel.runPendingTasks();
    assertThat(told).isEmpty();

    half.complete();
    assertThat(told).isEmpty(); // never from within
    channel.runPendingTasks();

    assertThat(told).containsExactly("first");
    other.complete();
    channel.runPendingTasks();
    assertThat(told).containsExactly("first");
  }

  @Test
  void whatCouldNotBeSentMakesRoomToo() {
    Promise<Void> lost = Promise.promise();
    assertThat(first.add(LARGE, lost.future())).isFalse();

    lost.fail("reset");
    channel.runPendingTasks();

    assertThat(told).containsExactly("first");
  }

  @Test
  void pausesWhileItsQueueIsFull() {
    full = true;
    assertThat(first.add(1, sent())).isFalse();
    channel.runPendingTasks();
    assertThat(told).isEmpty();

    full = false;
    first.check();
    channel.runPendingTasks();

    assertThat(told).containsExactly("first");
  }

  @Test
  void streamsWriteInTheOrderInWhichTheyWereHeldUp() {
    connectionTakesBytes(false);
    assertThat(second.add(1, sent())).isFalse();
    assertThat(first.add(1, sent())).isFalse();
    channel.runPendingTasks();
    assertThat(told).isEmpty();

    connectionTakesBytes(true);

    assertThat(told).containsExactly("second", "first");
  }

  @Test
  void nobodyGoesPastThoseWhoWait() {
    connectionTakesBytes(false);
    assertThat(second.add(1, sent())).isFalse();
    Objects.requireNonNull(channel.unsafe().outboundBuffer()).setUserDefinedWritability(1, true);

    assertThat(first.add(1, sent())).isFalse();
    turns.schedule();
    channel.runPendingTasks();

    assertThat(told).containsExactly("second", "first");
  }

  @Test
  void aTurnEndsWhenTheConnectionTakesNoMore() {
    connectionTakesBytes(false);
    second.drainHandler(
        () -> {
          told.add("second");
          connectionTakesBytes(false);
          assertThat(second.add(1, sent())).isFalse();
        });
    assertThat(second.add(1, sent())).isFalse();
    assertThat(first.add(1, sent())).isFalse();

    connectionTakesBytes(true);
    assertThat(told).containsExactly("second");
    connectionTakesBytes(true);

    assertThat(told).containsExactly("second", "first", "second");
  }

  @Test
  void oneThatHasEndedOrThrowsDoesNotHoldUpTheOthers() {
    connectionTakesBytes(false);
    assertThat(first.add(1, sent())).isFalse();
    second.drainHandler(
        () -> {
          throw new IllegalStateException("thrown by a test");
        });
    assertThat(second.add(1, sent())).isFalse();
    Outbox third = outbox("third");
    assertThat(third.add(1, sent())).isFalse();

    first.close();
    connectionTakesBytes(true);
    channel.runPendingTasks(); // the exception has ended the first run
    channel.runPendingTasks();

    assertThat(told).containsExactly("third");
    assertThatThrownBy(channel::checkException).hasMessage("thrown by a test");
  }

  @Test
  void oneThatTakesNothingDoesNotHoldUpTheOthers() {
    connectionTakesBytes(false);
    Promise<Void> stuck = Promise.promise();
    assertThat(first.add(LARGE, stuck.future())).isFalse();
    assertThat(second.add(1, sent())).isFalse();

    connectionTakesBytes(true);

    assertThat(told).containsExactly("second");
  }
}
