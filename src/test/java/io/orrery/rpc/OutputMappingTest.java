package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.orrery.job.StandardStream;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutputMappingTest {
  private static final Instant TIME = Instant.ofEpochSecond(1_800_000_000L, 123_456_789);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 90, 127, 128, 16_383, 262_144})
  void aChunkIsWhatProtobufMakesOfIt(int length) throws InvalidProtocolBufferException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    Buffer encoded =
        OutputMapping.chunk(StandardStream.STDERR, 1L << 40, TIME, Buffer.buffer(bytes));
    assertThat(StreamJobResponse.parseFrom(encoded.getBytes()))
        .isEqualTo(
            StreamJobResponse.newBuilder()
                .setChunk(
                    OutputChunk.newBuilder()
                        .setStream(OutputStream.OUTPUT_STREAM_STDERR)
                        .setOffset(1L << 40)
                        .setTime(Times.timestamp(TIME))
                        .setData(ByteString.copyFrom(bytes)))
                .build());
  }

  /** So that a field that is added to the message is not forgotten where it is written by hand. */
  @Test
  void aChunkHasNoFieldThatWouldBeForgotten() {
    assertThat(OutputChunk.getDescriptor().getFields())
        .extracting(FieldDescriptor::getName)
        .containsExactly("stream", "offset", "time", "data");
  }
}
