package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not come as gRPC, from the moment that it was let in. It is answered once, ends
 * once and is logged once, whatever the client and the handler do.
 */
public final class DirectCall implements ReplyStream {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final Call call;
  private final BiConsumer<DirectCall, Buffer> handler;
  private final CallMeters meters;
  private final AccessLog log;
  private final List<Runnable> endHandlers = new ArrayList<>(2);
  private @Nullable DirectReply reply;
  private long timer = NO_TIMER;
  private boolean over;

  DirectCall(Vertx vertx, Call call, CallMeters meters, BiConsumer<DirectCall, Buffer> handler) {
    this.vertx = vertx;
    this.call = call;
    this.handler = handler;
    this.meters = meters;
    this.log = new AccessLog(call.method(), call.peer(), call.caller(), call.remoteAddress());
  }

  Call call() {
    return call;
  }

  /** Where the answer goes, and the failure before there is one; to be said first. */
  public DirectCall to(DirectReply reply) {
    this.reply = reply;
    return this;
  }

  /** Has the call answered. */
  public void run(Message request) {
    if (over) {
      return;
    }
    byte[] encoded = request.toByteArray();
    log.received(request, encoded.length);
    if (call.deadline().isFinite()) {
      long millis = Math.max(1, call.deadline().remaining().toMillis());
      timer = vertx.setTimer(millis, _ -> fail(tooLate()));
    }
    try {
      handler.accept(this, Buffer.buffer(encoded));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private static ApiException tooLate() {
    return new ApiException(Reason.DEADLINE, "the call was not answered in time");
  }

  /** The client went away. */
  public void lost() {
    finish(GrpcStatus.CANCELLED, Reason.CANCELLED, () -> {});
  }

  void answer(Message message) {
    log.noteIds(message);
    log.sent(over ? 0 : message.getSerializedSize());
    finish(GrpcStatus.OK, null, () -> reply().answer(message));
  }

  private DirectReply reply() {
    if (reply == null) {
      throw new IllegalStateException("nobody said where the answer goes");
    }
    return reply;
  }

  @Override
  public boolean write(Buffer encodedMessage) {
    if (over) {
      return false;
    }
    log.sent(encodedMessage.length());
    meters.sent(call.method(), encodedMessage.length());
    return reply().write(encodedMessage) && !over;
  }

  @Override
  public void drainHandler(Runnable handler) {
    if (over) {
      return;
    }
    reply()
        .drainHandler(
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
    finish(GrpcStatus.OK, null, () -> reply().end());
  }

  @Override
  public void fail(Throwable failure) {
    if (!over) {
      ApiException told = Failures.of(failure, call.method());
      finish(StatusCodes.of(told.reason()), told.reason(), () -> reply().fail(told));
    }
  }

  private void finish(GrpcStatus status, @Nullable Reason reason, Runnable lastWords) {
    if (over) {
      return;
    }
    over = true;
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
    }
    meters.ended(call.method(), status, log.end(status, reason));
    endHandlers.forEach(Runnable::run);
    endHandlers.clear();
    lastWords.run();
  }
}
