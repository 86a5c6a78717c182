package io.orrery.rpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.orrery.metrics.Buckets;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures the calls of one server, on its context: how long they last and how they end, who
 * follows a stream, and what goes through it.
 */
final class CallMeters {
  /** For methods that are not served: their names are the caller's invention. */
  static final String NO_METHOD = "none";

  private final MeterRegistry registry;
  private final Map<Ended, Timer> times = new HashMap<>();
  private final Map<String, Stream> streams = new HashMap<>();

  private record Ended(String method, GrpcStatus status) {}

  /** The open streams of a method, and the bytes that went out through all of them. */
  private static final class Stream {
    private final Counter bytes;
    private int open;

    Stream(Counter bytes) {
      this.bytes = bytes;
    }
  }

  CallMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The method is one of streams; those of health and reflection are not counted. */
  void stream(String method) {
    if (method.startsWith("grpc.")) {
      return;
    }
    Stream stream =
        new Stream(
            Counter.builder("orrery.stream.bytes")
                .description("Bytes of messages sent to readers of streams")
                .tag("method", method)
                .register(registry));
    Gauge.builder("orrery.stream.followers", () -> stream.open)
        .description("Streams that are open")
        .tag("method", method)
        .register(registry);
    streams.put(method, stream);
  }

  void opened(String method) {
    count(method, 1);
  }

  void closed(String method) {
    count(method, -1);
  }

  private void count(String method, int more) {
    Stream stream = streams.get(method);
    if (stream != null) {
      stream.open += more;
    }
  }

  void sent(String method, long bytes) {
    Stream stream = streams.get(method);
    if (stream != null) {
      stream.bytes.increment((double) bytes);
    }
  }

  void ended(String method, GrpcStatus status, long nanos) {
    times.computeIfAbsent(new Ended(method, status), this::timer).record(Duration.ofNanos(nanos));
  }

  private Timer timer(Ended call) {
    return Buckets.times("orrery.rpc", "How long calls took; a stream, until its reader left")
        .tag("method", call.method())
        .tag("code", call.status().name())
        .register(registry);
  }
}
