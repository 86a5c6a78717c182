package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of a conversation, on the context of its call: after the first message it is
 * paused until {@link #resume}. While it is paused the client is held back by HTTP/2 flow control.
 * A message that cannot be read fails the call, and after any end of the call nothing more comes.
 */
public final class RequestStream<I extends Message> {
  private static final int PREFIX = 5; // flag and length

  private final ServerCall<I, ?> call;
  private final GrpcMessageDecoder<I> decoder;
  private @Nullable BiConsumer<I, RequestStream<I>> first;
  private Consumer<I> handler = _ -> {};
  private Runnable endHandler = () -> {};
  private long bytesTaken;

  private RequestStream(
      ServerCall<I, ?> call, GrpcMessageDecoder<I> decoder, BiConsumer<I, RequestStream<I>> first) {
    this.call = call;
    this.decoder = decoder;
    this.first = first;
  }

  /** Begins to read; the first message must come within the time. */
  static <I extends Message> void read(
      ServerCall<I, ?> call,
      GrpcMessageDecoder<I> decoder,
      Duration within,
      BiConsumer<I, RequestStream<I>> first) {
    RequestStream<I> reading = new RequestStream<>(call, decoder, first);
    call.request()
        .messageHandler(reading::message)
        .invalidMessageHandler(_ -> call.fail(OneRequest.tooLarge()))
        .endHandler(_ -> reading.end());
    call.expireAfter(within, "the first message did not come");
  }

  /** What takes each message after the first; to be set before {@link #resume}. */
  public RequestStream<I> handler(Consumer<I> handler) {
    this.handler = handler;
    return this;
  }

  /** What to run when the client has said that it sends no more, and the last was handled. */
  public RequestStream<I> endHandler(Runnable handler) {
    endHandler = handler;
    return this;
  }

  /** Takes no more messages, but for a few that are here already. */
  public void pause() {
    call.request().pause();
  }

  /** Takes messages as they come. */
  public void resume() {
    call.request().resume();
  }

  private void message(GrpcMessage message) {
    if (call.ended()) {
      return;
    }
    if (!message.encoding().equals("identity")) {
      call.fail(OneRequest.malformed("it is marked as compressed, without an encoding"));
      return;
    }
    int length = message.payload().length();
    bytesTaken += PREFIX + length;
    I read;
    try {
      read = decoder.decode(message);
    } catch (CodecException _) {
      call.fail(OneRequest.malformed("it is not protobuf of the request's type"));
      return;
    }
    call.log().received(read, length);
    guarded(() -> take(read));
  }

  private void take(I message) {
    BiConsumer<I, RequestStream<I>> begin = first;
    if (begin == null) {
      handler.accept(message);
    } else {
      first = null;
      pause();
      begin.accept(message, this);
    }
  }

  private void end() {
    if (call.ended()) {
      return;
    }
    if (first != null || call.bytesRead() != bytesTaken) {
      call.fail(
          new ApiException(
              Reason.NOT_SERVED,
              first != null
                  ? call.call().method() + " takes at least one message, and the request had none"
                  : "the request ended within a message",
              Map.of("method", call.call().method())));
      return;
    }
    guarded(endHandler);
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      call.fail(e);
    }
  }
}
