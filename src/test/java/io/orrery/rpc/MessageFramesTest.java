package io.orrery.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageFramesTest {
  private final MessageFrames frames = new MessageFrames(1000);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 64, 10_000})
  void messagesAreFoundHoweverTheBytesAreCut(int piece) {
    List<Buffer> sent = new ArrayList<>();
    Buffer wire = Buffer.buffer();
    for (int i = 0; i < 100; i++) {
      Buffer message = Buffer.buffer(new byte[i * 3 % 50]).appendInt(i);
      sent.add(message);
      wire.appendBuffer(MessageFrames.frame(message.getBytes()));
    }
    List<Buffer> found = new ArrayList<>();
    for (int from = 0; from < wire.length(); from += piece) {
      frames.add(wire.getBuffer(from, Math.min(wire.length(), from + piece)));
      for (Buffer next = frames.next(); next != null; next = frames.next()) {
        found.add(next);
      }
    }
    assertThat(found).isEqualTo(sent);
    assertThat(frames.pendingBytes()).isZero();
  }

  @Test
  void bytesLeftOverAreCounted() {
    frames.add(
        Buffer.buffer().appendBuffer(MessageFrames.frame(new byte[10])).appendByte((byte) 0));
    assertThat(frames.next()).isEqualTo(Buffer.buffer(new byte[10]));
    assertThat(frames.next()).isNull();
    assertThat(frames.pendingBytes()).isEqualTo(1);
  }

  @Test
  void aMessageOfWhichOnlyThePrefixHasComeIsLeftOver() {
    frames.add(MessageFrames.frame(new byte[10]).getBuffer(0, 5));
    assertThat(frames.next()).isNull();
    assertThat(frames.pendingBytes()).isEqualTo(5);
  }

  @Test
  void aMessageThatIsFramedForOneReaderCanBeFramedForTheNext() {
    Buffer message = Buffer.buffer("a line\n");
    for (int reader = 0; reader < 2; reader++) {
      ((BufferInternal) MessageFrames.frame(message)).getByteBuf().release();
      frames.add(MessageFrames.frame(message));
      assertThat(frames.next()).isEqualTo(message);
    }
  }

  @Test
  void anEmptyMessageIsOne() {
    frames.add(MessageFrames.frame(new byte[0]));
    assertThat(frames.next()).isEqualTo(Buffer.buffer());
    assertThat(frames.next()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 14})
  void aMessageLiesWhereItsBytesCameIn(int cut) {
    Buffer wire = MessageFrames.frame("a message".getBytes(US_ASCII)).copy();
    Buffer first = wire.getBuffer(0, cut);
    frames.add(first);
    frames.add(wire.getBuffer(first.length(), wire.length()));
    Buffer message = frames.next();
    first.setByte(5, (byte) 'A'); // what nobody else may do
    assertThat(message).isEqualTo(Buffer.buffer("A message"));
  }

  @Test
  void theLargestMessageFitsAndOneByteMoreDoesNot() {
    frames.add(MessageFrames.frame(new byte[1000]));
    assertThat(frames.next()).isNotNull();
    frames.add(Buffer.buffer().appendByte((byte) 0).appendInt(1001));
    assertRefused(Reason.MESSAGE_TOO_LARGE);
  }

  @Test
  void aLengthOfFourGigabytesIsNotNegative() {
    frames.add(Buffer.buffer().appendByte((byte) 0).appendInt(-1));
    assertRefused(Reason.MESSAGE_TOO_LARGE);
  }

  @Test
  void aCompressedMessageIsRefused() {
    frames.add(Buffer.buffer().appendByte((byte) 1).appendInt(0));
    assertRefused(Reason.MALFORMED_MESSAGE);
  }

  private void assertRefused(Reason reason) {
    assertThatThrownBy(frames::next)
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
