package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call on the server from its headers to its end, on the context of its connection. It is
 * answered once, ends once and is logged once, whatever the client and the handler do.
 */
final class ServerCall<I extends Message, O extends Message> implements ReplyStream {
  private static final long NO_TIMER = -1;
  private static final long LEAVE_MILLIS = 500;

  private final Vertx vertx;
  private final GrpcServerRequest<I, O> request;
  private final GrpcServerResponse<I, O> response;
  private final HttpServerRequest http;
  private final Call call;
  private final AccessLog log;
  private final CallMeters meters;
  private final Outbox outbox;
  private final List<Runnable> endHandlers = new ArrayList<>(2);
  private long timer = NO_TIMER;
  private boolean begun;
  private boolean over;

  ServerCall(
      Vertx vertx,
      GrpcServerRequest<I, O> request,
      HttpServerRequest http,
      Call call,
      CallMeters meters) {
    this.vertx = vertx;
    this.http = http;
    this.request = request;
    this.response = request.response();
    this.call = call;
    this.meters = meters;
    this.outbox = new Outbox(turns(http), response::writeQueueFull);
    response.drainHandler(_ -> outbox.check());
    this.log = new AccessLog(call.method(), call.peer(), call.caller(), call.remoteAddress());
    // A cancel reaches the first alone, a lost connection one of the others.
    request.errorHandler(_ -> lost());
    request.exceptionHandler(_ -> lost());
    response.exceptionHandler(_ -> lost());
  }

  private static WriteTurns turns(HttpServerRequest http) {
    return WriteTurns.of(((ConnectionBase) http.connection()).channel());
  }

  GrpcServerRequest<I, O> request() {
    return request;
  }

  /** The bytes of the request so far, with the prefixes of its messages. */
  long bytesRead() {
    return http.bytesRead();
  }

  Call call() {
    return call;
  }

  AccessLog log() {
    return log;
  }

  /** Fails the call after so long; takes the place of what was set before. */
  void expireAfter(Duration time, String what) {
    stopTimer();
    if (!over) {
      long millis = Math.max(1, time.toMillis());
      timer = vertx.setTimer(millis, _ -> fail(tooLate(what)));
    }
  }

  /**
   * Fails the call at its deadline, now if that is over; takes the place of what was set before.
   */
  void expireAt(Deadline deadline) {
    String what = "the call was not answered";
    if (!deadline.isFinite()) {
      stopTimer();
    } else if (deadline.remaining().isZero()) {
      fail(tooLate(what));
    } else {
      expireAfter(deadline.remaining(), what);
    }
  }

  private static ApiException tooLate(String what) {
    return new ApiException(Reason.DEADLINE, what + " in time");
  }

  /** Answers a unary call. */
  void answer(O message) {
    if (!over) {
      log.noteIds(message);
      log.sent(message.getSerializedSize());
      finish(GrpcStatus.OK, null, () -> response.end(message));
    }
  }

  @Override
  public boolean write(Buffer encodedMessage) {
    if (over) {
      return false;
    }
    try {
      Future<Void> sent = send(encodedMessage);
      log.sent(encodedMessage.length());
      meters.sent(call.method(), encodedMessage.length());
      return outbox.add(encodedMessage.length(), sent);
    } catch (IllegalStateException _) {
      lost(); // Vert.x throws when the stream was reset a moment ago
      return false;
    }
  }

  /** Vert.x would copy each message: it writes the headers with the first, and we the others. */
  private Future<Void> send(Buffer encodedMessage) {
    if (begun) {
      return http.response().write(MessageFrames.frame(encodedMessage));
    }
    begun = true;
    return response.writeMessage(GrpcMessage.message("identity", encodedMessage));
  }

  @Override
  public void drainHandler(Runnable handler) {
    outbox.drainHandler(
        () -> {
          if (!over) {
            handler.run();
          }
        });
  }

  @Override
  public void onEnd(Runnable handler) {
    if (over) {
      handler.run();
    } else {
      endHandlers.add(handler);
    }
  }

  @Override
  public boolean ended() {
    return over;
  }

  @Override
  public void end() {
    if (!over) {
      finish(GrpcStatus.OK, null, () -> response.end().onSuccess(_ -> leaveRequest()));
    }
  }

  /**
   * The client may still send, and nobody will read it. It is told so a little later, as one that
   * has heard the status ends by itself, and some take a reset for the whole answer.
   */
  private void leaveRequest() {
    if (!http.isEnded()) {
      vertx.setTimer(LEAVE_MILLIS, _ -> resetUnlessEnded());
    }
  }

  private void resetUnlessEnded() {
    if (!http.isEnded()) {
      http.response().reset(0); // NO_ERROR: send no more, RFC 9113 section 8.1
    }
  }

  @Override
  public void fail(Throwable failure) {
    if (over) {
      return;
    }
    ApiException told = Failures.of(failure, call.method());
    GrpcStatus status = StatusCodes.of(told.reason());
    response.status(status).statusMessage(ErrorDetails.message(told));
    finish(
        status,
        told.reason(),
        () -> {
          response.trailers().set(ErrorDetails.TRAILER, ErrorDetails.encode(told));
          response.end().onSuccess(_ -> leaveRequest());
        });
  }

  private void lost() {
    if (!over) {
      finish(GrpcStatus.CANCELLED, Reason.CANCELLED, () -> {});
    }
  }

  private void finish(GrpcStatus status, @Nullable Reason reason, Runnable lastWords) {
    over = true;
    outbox.close();
    stopTimer();
    try {
      lastWords.run();
    } catch (IllegalStateException _) {
      // the stream was reset a moment ago, and nobody hears it
    }
    long nanos = log.end(status, reason);
    endHandlers.forEach(Runnable::run);
    endHandlers.clear();
    meters.ended(call.method(), status, nanos);
  }

  private void stopTimer() {
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
      timer = NO_TIMER;
    }
  }
}
