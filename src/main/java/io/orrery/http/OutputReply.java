package io.orrery.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.rpc.DirectCall;
import io.orrery.rpc.DirectReply;
import io.orrery.rpc.TimeLimit;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job's output on its way to one HTTP client, at the client's pace. Only a stream that came to
 * its final message ends as HTTP responses end; any other is broken off, so that no client takes a
 * part for the whole.
 */
final class OutputReply implements DirectReply {
  private static final Duration PATIENCE = Duration.ofSeconds(5); // with a reader that stands still
  private static final long INTERNAL_ERROR = 0x2; // RFC 9113, section 7

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final DirectCall call;
  private final OutputFormat format;
  private Future<Void> written = Future.succeededFuture();
  private @Nullable Job last;
  private boolean begun;

  OutputReply(HttpServerRequest request, DirectCall call, OutputFormat format) {
    this.request = request;
    this.response = request.response();
    this.call = call;
    this.format = format;
  }

  @Override
  public boolean write(Buffer encodedMessage) {
    try {
      StreamJobResponse event = StreamJobResponse.parseFrom(encodedMessage.getBytes());
      byte[] bytes = format.bytes(event);
      if (event.hasFinalJob()) {
        last = event.getFinalJob();
      }
      if (begun || !format.mayWait(event)) {
        send(bytes);
      }
      return !response.writeQueueFull();
    } catch (ApiException e) {
      call.fail(e);
    } catch (InvalidProtocolBufferException e) {
      call.fail(e);
    } catch (IllegalStateException _) {
      call.lost(); // Vert.x throws when the stream was reset a moment ago
    }
    return false;
  }

  private void send(byte[] bytes) {
    if (!begun) {
      begin();
    }
    if (bytes.length > 0) {
      written = response.write(Buffer.buffer(bytes));
    }
  }

  private void begin() {
    begun = true;
    ErrorReply.plain(response).putHeader("content-type", format.type()).setChunked(true);
    if (!format.trailers().isEmpty()) {
      response.putHeader("trailer", format.trailers());
    }
    response.writeHead();
  }

  @Override
  public void drainHandler(Runnable handler) {
    response.drainHandler(_ -> handler.run());
  }

  @Override
  public void end() {
    Job job = last;
    if (job == null) {
      breakOff();
      return;
    }
    try {
      format.trailers(job).forEach(response::putTrailer);
      response.end();
    } catch (IllegalStateException _) {
      // the client left a moment ago
    }
  }

  @Override
  public void fail(ApiException failure) {
    if (!begun) {
      ErrorReply.send(request, failure);
      return;
    }
    try {
      send(format.failure(failure));
    } catch (IllegalStateException _) {
      // the client left a moment ago
    }
    breakOff();
  }

  /** Behind what was sent before: HTTP/2 resets the stream, HTTP/1.1 closes within a chunk. */
  private void breakOff() {
    TimeLimit.within(PATIENCE, written).onComplete(_ -> response.reset(INTERNAL_ERROR));
  }

  @Override
  public void answer(Message message) {
    throw new IllegalStateException("one answer for a stream");
  }
}
