package io.orrery.scheduler;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Gives each worker its id: a UUID of version 8 (RFC 9562) made from the name in its certificate,
 * so that a scheduler without memory gives the same worker the same id, and nobody else that one.
 */
final class WorkerIds {
  private static final String NAMESPACE = "orrery worker\0";

  private WorkerIds() {}

  static String forName(String name) {
    ByteBuffer digest = ByteBuffer.wrap(sha256(NAMESPACE + name));
    long high = (digest.getLong() & ~0xF000L) | 0x8000L;
    long low = (digest.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
