package io.orrery.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.vertx.grpc.common.GrpcStatus;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What becomes one line of the access log when a call has ended. */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("orrery.access");

  /** Of each type of message: finding a field by its name puts names together. */
  private static final Map<Descriptor, IdFields> ID_FIELDS = new ConcurrentHashMap<>();

  private static final String HEARTBEAT = "orrery.v1.Scheduler/Heartbeat";

  private final String method;
  private final @Nullable Identity peer;
  private final @Nullable Identity caller;
  private final String remoteAddress;
  private final long begin = System.nanoTime();
  private String jobId = "";
  private String workerId = "";
  private long bytesIn;
  private long bytesOut;

  private record IdFields(@Nullable FieldDescriptor job, @Nullable FieldDescriptor worker) {}

  AccessLog(
      String method, @Nullable Identity peer, @Nullable Identity caller, String remoteAddress) {
    this.method = method;
    this.peer = peer;
    this.caller = caller;
    this.remoteAddress = remoteAddress;
  }

  void received(Message message, long bytes) {
    bytesIn += bytes;
    noteIds(message);
  }

  void sent(long bytes) {
    bytesOut += bytes;
  }

  /** Remembers the message's {@code job_id} and {@code worker_id}, where none is known. */
  void noteIds(Message message) {
    IdFields fields =
        ID_FIELDS.computeIfAbsent(
            message.getDescriptorForType(),
            type ->
                new IdFields(type.findFieldByName("job_id"), type.findFieldByName("worker_id")));
    jobId = jobId.isEmpty() ? text(message, fields.job()) : jobId;
    workerId = workerId.isEmpty() ? text(message, fields.worker()) : workerId;
  }

  private static String text(Message message, @Nullable FieldDescriptor field) {
    return field != null && message.getField(field) instanceof String text ? text : "";
  }

  /** The call is over; answers with how many nanoseconds it took. */
  long end(GrpcStatus status, @Nullable Reason reason) {
    long nanos = System.nanoTime() - begin;
    // What thousands of workers say all the time would hide what people do.
    Level level = status == GrpcStatus.OK && method.equals(HEARTBEAT) ? Level.DEBUG : Level.INFO;
    if (!LOG.isEnabledForLevel(level)) {
      return nanos;
    }
    LOG.atLevel(level)
        .log(
            "{} peer={} caller={} status={} reason={} millis={} in={} out={} remote={} job={}"
                + " worker={}",
            escape(method),
            peer == null ? "-" : peer.uri(),
            caller == null ? "-" : caller.uri(),
            status.name(),
            reason == null ? "-" : reason,
            nanos / 1_000_000,
            bytesIn,
            bytesOut,
            remoteAddress,
            jobId.isEmpty() ? "-" : escape(jobId),
            workerId.isEmpty() ? "-" : escape(workerId));
    return nanos;
  }

  /** At most 100 characters, with all but visible ASCII escaped: one event is one line. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : text.substring(0, Math.min(100, text.length())).toCharArray()) {
      if (c > ' ' && c < 0x7f && c != '\\') {
        escaped.append(c);
      } else {
        escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return escaped.toString();
  }
}
