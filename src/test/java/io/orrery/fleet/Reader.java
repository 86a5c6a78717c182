package io.orrery.fleet;

import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one reader of a job received; checks that the offsets have no hole. */
public final class Reader {
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final List<String> faults = new ArrayList<>();
  private final long stdoutStart;
  private final boolean contiguous;
  private @Nullable Job finalJob;

  private Reader(long stdoutStart, boolean contiguous) {
    this.stdoutStart = stdoutStart;
    this.contiguous = contiguous;
  }

  /** Reads a job's output through the scheduler, from the first byte to the end. */
  public static Reader read(Fleet fleet, RpcClient client, String jobId) throws Exception {
    return readAt(fleet, fleet.schedulerPort(), client, jobId);
  }

  /** The same at another server. */
  public static Reader readAt(Fleet fleet, int port, RpcClient client, String jobId)
      throws Exception {
    return Fleet.await(
        follow(fleet, port, client, StreamJobRequest.newBuilder().setJobId(jobId).build()));
  }

  /** Follows as the request says; succeeds at the end of the stream. */
  public static Future<Reader> follow(
      Fleet fleet, int port, RpcClient client, StreamJobRequest request) {
    return open(fleet.address(port), client, request).compose(Open::end);
  }

  /** The same for a request that does not know the offset of its first byte. */
  public static Future<Reader> tail(
      Fleet fleet, int port, RpcClient client, StreamJobRequest request) {
    return open(new Reader(0, false), fleet.address(port), client, request).compose(Open::end);
  }

  /** A stream that has begun, and its end to come. */
  public record Open(Future<Reader> end) {}

  /** Follows at any server; succeeds when the stream has begun. */
  public static Future<Open> open(
      SocketAddress server, RpcClient client, StreamJobRequest request) {
    Reader reader = new Reader(request.getFrom().getStdoutOffset(), true);
    return open(reader, server, client, request);
  }

  private static Future<Open> open(
      Reader reader, SocketAddress server, RpcClient client, StreamJobRequest request) {
    return client.stream(
            server,
            _ -> true,
            WorkerGrpcClient.StreamJob,
            request,
            CallOptions.within(Duration.ofSeconds(10)))
        .map(source -> new Open(reader.drain(source).map(_ -> reader)));
  }

  private Future<Void> drain(ReplySource source) {
    source.handler(this::take);
    source.resume();
    return source.end();
  }

  private void take(Buffer message) {
    try {
      StreamJobResponse response = StreamJobResponse.parseFrom(message.getBytes());
      if (finalJob != null) {
        faults.add("a message after the final job");
      }
      if (response.hasChunk()) {
        boolean out = response.getChunk().getStream() == OutputStream.OUTPUT_STREAM_STDOUT;
        ByteArrayOutputStream bytes = out ? stdout : stderr;
        long expected = bytes.size() + (out ? stdoutStart : 0);
        if (contiguous && response.getChunk().getOffset() != expected) {
          faults.add("offset " + response.getChunk().getOffset() + " and not " + expected);
        }
        response.getChunk().getData().writeTo(bytes);
      } else if (response.hasGap()) {
        faults.add("a gap: " + response.getGap());
      } else if (response.hasFinalJob()) {
        finalJob = response.getFinalJob();
      }
    } catch (java.io.IOException malformed) {
      faults.add(malformed.toString());
    }
  }

  private void check() {
    if (!faults.isEmpty()) {
      throw new AssertionError(faults.toString());
    }
  }

  public byte[] stdout() {
    check();
    return stdout.toByteArray();
  }

  public byte[] stderr() {
    check();
    return stderr.toByteArray();
  }

  /** The last message. */
  public Job finalJob() {
    check();
    if (finalJob == null) {
      throw new AssertionError("the stream ended without the final job");
    }
    return finalJob;
  }
}
