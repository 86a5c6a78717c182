package io.orrery.cli.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MessageAssemblerTest implements MessageAssembler.Sink {
  private final MessageAssembler assembler = new MessageAssembler();
  private final List<byte[]> messages = new ArrayList<>();
  private final List<StatusException> refusals = new ArrayList<>();
  private int credited;
  private int owed;

  @Override
  public void message(byte[] message, int credit) {
    messages.add(message);
    owed += credit;
  }

  @Override
  public void credit(int bytes) {
    credited += bytes;
  }

  @Override
  public void refuse(StatusException why) {
    refusals.add(why);
  }

  private static byte[] framed(int flag, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flag)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private void read(byte[] bytes, int from, int length) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, from, length));
    assembler.read(in, length, this);
    assertThat(in.available()).isZero();
  }

  @Test
  void messagesAreWholeWhereverTheFramesEnd() throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(23)
            .put(framed(0, new byte[] {1, 2, 3}))
            .put(framed(0, new byte[0]))
            .put(framed(0, new byte[] {4, 5, 6, 7, 8}))
            .array();
    for (int cut = 0; cut <= bytes.length; cut++) {
      messages.clear();
      credited = 0;
      owed = 0;
      read(bytes, 0, cut);
      read(bytes, cut, bytes.length - cut);

      assertThat(messages)
          .containsExactly(new byte[] {1, 2, 3}, new byte[0], new byte[] {4, 5, 6, 7, 8});
      assertThat(credited + owed).isEqualTo(bytes.length);
      assertThat(assembler.isBetweenMessages()).isTrue();
    }
  }

  @Test
  void aCutMessageIsNoticed() throws IOException {
    byte[] bytes = framed(0, new byte[] {1, 2, 3});
    read(bytes, 0, bytes.length - 1);

    assertThat(messages).isEmpty();
    assertThat(assembler.isBetweenMessages()).isFalse();
  }

  @Test
  void aLargeMessageIsCreditedAsItComes() throws IOException {
    byte[] bytes = framed(0, new byte[2 << 20]);
    read(bytes, 0, 1 << 20);

    assertThat(credited).isEqualTo(1 << 20);
    read(bytes, 1 << 20, bytes.length - (1 << 20));
    assertThat(messages).hasSize(1);
    assertThat(credited + owed).isEqualTo(bytes.length);
  }

  @Test
  void compressedMessagesAreRefusedAndWhatFollowsIsDropped() throws IOException {
    byte[] bytes = framed(1, new byte[] {1, 2, 3});
    read(bytes, 0, bytes.length);
    read(framed(0, new byte[] {9}), 0, 6);

    assertThat(refusals).extracting(StatusException::code).containsExactly(StatusCode.INTERNAL);
    assertThat(messages).isEmpty();
    assertThat(credited).isEqualTo(bytes.length + 6);
  }

  @Test
  void aMessageThatIsTooLongIsRefusedBeforeMemoryIsTaken() throws IOException {
    read(new byte[] {0, 1, 0, 0, 1}, 0, 5);
    assertThat(refusals)
        .extracting(StatusException::code)
        .containsExactly(StatusCode.RESOURCE_EXHAUSTED);
  }

  @Test
  void aNegativeLengthIsRefused() throws IOException {
    read(new byte[] {0, -1, -1, -1, -1}, 0, 5);
    assertThat(refusals)
        .extracting(StatusException::code)
        .containsExactly(StatusCode.RESOURCE_EXHAUSTED);
  }
}
