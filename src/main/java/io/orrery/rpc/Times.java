package io.orrery.rpc;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instants and durations of the JDK and of protobuf; neither loses a nanosecond. */
public final class Times {
  private Times() {}

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  public static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  public static com.google.protobuf.Duration duration(Duration duration) {
    boolean fraction = duration.isNegative() && duration.getNano() > 0;
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds() + (fraction ? 1 : 0))
        .setNanos(duration.getNano() - (fraction ? 1_000_000_000 : 0))
        .build();
  }

  public static Duration duration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  public static @Nullable Duration durationIf(
      boolean present, com.google.protobuf.Duration duration) {
    return present ? duration(duration) : null;
  }

  public static @Nullable Instant instantIf(boolean present, Timestamp timestamp) {
    return present ? instant(timestamp) : null;
  }
}
