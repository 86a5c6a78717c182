package io.orrery.rpc;

import com.google.protobuf.CodedOutputStream;
import io.orrery.v1.AttachJobResponse;
import io.orrery.v1.StdinCloseReason;
import io.orrery.v1.StdinClosed;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encoded messages of AttachJob, for {@link ReplyStream#write}. */
public final class AttachMapping {
  private static final int LENGTH_DELIMITED = 2; // wire type LEN
  private static final int TAG = AttachJobResponse.OUTPUT_FIELD_NUMBER << 3 | LENGTH_DELIMITED;

  private AttachMapping() {}

  /** A message of StreamJob, encoded, as one of AttachJob. */
  public static Buffer output(Buffer encoded) {
    byte[] head = new byte[1 + CodedOutputStream.computeUInt32SizeNoTag(encoded.length())];
    CodedOutputStream out = CodedOutputStream.newInstance(head);
    try {
      out.writeUInt32NoTag(TAG);
      out.writeUInt32NoTag(encoded.length());
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(head.length + encoded.length()).appendBytes(head).appendBuffer(encoded);
  }

  /** So many bytes of input have arrived. */
  public static Buffer stdinOffset(long offset) {
    return encode(AttachJobResponse.newBuilder().setStdinOffset(offset));
  }

  /** The input takes nothing more. */
  public static Buffer stdinClosed(StdinCloseReason reason) {
    return encode(
        AttachJobResponse.newBuilder().setStdinClosed(StdinClosed.newBuilder().setReason(reason)));
  }

  private static Buffer encode(AttachJobResponse.Builder message) {
    return Buffer.buffer(message.build().toByteArray());
  }
}
