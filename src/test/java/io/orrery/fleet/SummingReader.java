package io.orrery.fleet;

import io.orrery.rpc.ReplySource;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** One that follows a job's stdout and keeps a sum of it, for tests with much output. */
final class SummingReader {
  private final ReplySource source;
  private final MessageDigest digest;
  private long next;
  private volatile long size;
  private volatile String sum = "";
  private volatile @Nullable Job last;
  private volatile @Nullable String fault;

  /** Takes nothing until it is told to; begins at this offset. */
  SummingReader(ReplySource source, long offset) {
    this.source = source;
    this.next = offset;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    source.handler(this::take);
  }

  /** Takes all from now on; the end of the stream. */
  Future<Void> read() {
    source.resume();
    return source.end();
  }

  private void take(Buffer message) {
    try {
      StreamJobResponse response = StreamJobResponse.parseFrom(message.getBytes());
      if (response.hasChunk()) {
        if (response.getChunk().getOffset() != next) {
          fault = "offset " + response.getChunk().getOffset() + " and not " + next;
        }
        byte[] bytes = response.getChunk().getData().toByteArray();
        digest.update(bytes);
        next += bytes.length;
        size += bytes.length;
      } else if (response.hasGap()) {
        fault = "a gap: " + response.getGap();
      } else if (response.hasFinalJob()) {
        sum = HexFormat.of().formatHex(digest.digest());
        last = response.getFinalJob();
      }
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  /** How many bytes it has. */
  long size() {
    if (fault != null) {
      throw new AssertionError(fault);
    }
    return size;
  }

  /** The SHA-256 of all that it has; "" before the final job. */
  String sum() {
    return sum;
  }

  @Nullable Job last() {
    return last;
  }
}
