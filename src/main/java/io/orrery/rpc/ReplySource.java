package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of a stream of answers, as encoded messages. It is paused until {@link #resume}
 * or {@link #fetch}, so that no message is missed; as long as it is paused the server is held back
 * by HTTP/2 flow control, and at most one window is buffered here.
 *
 * <p>Messages and the end come on the context of the call. The methods may be called from anywhere;
 * from another thread they take effect a little later.
 */
public final class ReplySource {
  private final Context context = Objects.requireNonNull(Vertx.currentContext());
  private final Thread thread = Thread.currentThread();
  private final HttpClientResponse response;
  private final Identity peer;
  private final MessageFrames frames;
  private final StreamWindow window;
  private final Promise<Void> end = Promise.promise();
  private @Nullable Consumer<Buffer> handler;
  private long demand;
  private boolean complete;
  private boolean emitting;

  /** To be made on the context of the call. */
  ReplySource(HttpClientResponse response, Identity peer, int maxMessageBytes) {
    this.response = response;
    this.peer = peer;
    this.frames = new MessageFrames(maxMessageBytes);
    this.window = StreamWindow.of(response.request().connection(), response.request().streamId());
    end.future().onComplete(_ -> window.close());
    response.pause();
    response.handler(
        bytes -> {
          frames.add(bytes);
          emit();
        });
    response.endHandler(
        _ -> {
          complete = true;
          emit();
        });
    response.exceptionHandler(lost -> end.tryFail(ClientFailures.lost(lost)));
  }

  /** Who sends. */
  public Identity peer() {
    return peer;
  }

  /** What takes each message; to be set before {@link #resume}. */
  public ReplySource handler(Consumer<Buffer> handler) {
    this.handler = handler;
    return this;
  }

  /** Takes no more messages. */
  public ReplySource pause() {
    here(
        () -> {
          demand = 0;
          response.pause();
        });
    return this;
  }

  /** Takes messages as they come. */
  public ReplySource resume() {
    return fetch(Long.MAX_VALUE);
  }

  /** Takes so many more messages. */
  public ReplySource fetch(long messages) {
    here(
        () -> {
          demand = demand + messages < 0 ? Long.MAX_VALUE : demand + messages;
          emit();
        });
    return this;
  }

  /**
   * Succeeds when the server has ended the stream with status OK and the last message was handled;
   * fails with an {@link ApiException} otherwise, WORKER_UNREACHABLE when the connection was lost.
   */
  public Future<Void> end() {
    return end.future();
  }

  /** Leaves; {@link #end} fails with CANCELLED unless the end was there already. */
  public void cancel() {
    here(() -> fail(new ApiException(Reason.CANCELLED, "the stream was cancelled here")));
  }

  private void here(Runnable action) {
    if (Thread.currentThread() == thread || Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(_ -> action.run());
    }
  }

  private void fail(ApiException failure) {
    if (end.tryFail(failure)) {
      response.request().reset(HttpCancel.CODE);
    }
  }

  private void emit() {
    if (emitting) {
      return;
    }
    emitting = true;
    try {
      emitAll();
    } catch (ApiException e) {
      fail(e);
    } finally {
      emitting = false;
    }
  }

  private void emitAll() {
    while (demand > 0 && !end.future().isComplete()) {
      Buffer message = frames.next();
      if (message == null) {
        if (complete) {
          finish();
        } else {
          response.resume();
        }
        return;
      }
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
      if (handler != null) {
        handler.accept(message);
      }
      window.take(message.length());
    }
    response.pause();
  }

  private void finish() {
    ClientFailures.status(response)
        .ifPresentOrElse(
            end::tryFail,
            () -> {
              if (frames.pendingBytes() > 0) {
                end.tryFail(
                    new ApiException(
                        Reason.MALFORMED_MESSAGE, "the server ended within a message"));
              } else {
                end.tryComplete();
              }
            });
  }
}
