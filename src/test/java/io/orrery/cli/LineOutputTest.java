package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.orrery.v1.OutputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class LineOutputTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final LineOutput lines =
      new LineOutput(
          new Console(InputStream.nullInputStream(), out, err), chunk -> chunk.getOffset() + ": ");

  private void write(OutputStream stream, long offset, byte... bytes) {
    lines.chunk(FakeJobs.chunk(stream, offset, ByteString.copyFrom(bytes)).getChunk());
  }

  private void write(long offset, String text) {
    write(OutputStream.OUTPUT_STREAM_STDOUT, offset, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aLineOfSeveralChunksHasOnePrefix() {
    write(0, "ab");
    write(2, "c\nd");
    write(5, "\n");

    assertThat(out).hasToString("0: abc\n2: d\n");
  }

  @Test
  void theBytesOfALineAreAsTheyWere() {
    write(OutputStream.OUTPUT_STREAM_STDERR, 0, (byte) 0xff, (byte) 0, (byte) '\r', (byte) '\n');

    assertThat(err.toByteArray()).containsExactly('0', ':', ' ', 0xff, 0, '\r', '\n');
    assertThat(out.size()).isZero();
  }

  @Test
  void aLastLineWithoutAnEndGetsOne() {
    write(0, "a\nb");
    lines.end(FakeJobs.exited(0));

    assertThat(out).hasToString("0: a\n0: b\n");
  }

  @Test
  void nothingIsHeldBackBeyondAMebibyte() {
    write(0, "x".repeat(3 << 20));

    assertThat(out.size()).isGreaterThanOrEqualTo(2 << 20);
  }
}
