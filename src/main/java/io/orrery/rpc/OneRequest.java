package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request that must be exactly one message, and gives it on when the request has come to
 * its end; anything else fails the call, and nothing is given on.
 */
final class OneRequest<I extends Message, O extends Message> {
  private static final int PREFIX = 5; // flag and length

  private final ServerCall<I, O> call;
  private final GrpcMessageDecoder<I> decoder;
  private final Consumer<I> next;
  private @Nullable Buffer payload;

  private OneRequest(ServerCall<I, O> call, GrpcMessageDecoder<I> decoder, Consumer<I> next) {
    this.call = call;
    this.decoder = decoder;
    this.next = next;
  }

  /** Begins to read; the request must have ended within the time. */
  static <I extends Message, O extends Message> void read(
      ServerCall<I, O> call, GrpcMessageDecoder<I> decoder, Duration within, Consumer<I> next) {
    OneRequest<I, O> reading = new OneRequest<>(call, decoder, next);
    call.request()
        .messageHandler(reading::message)
        .invalidMessageHandler(_ -> call.fail(tooLarge()))
        .endHandler(_ -> reading.end());
    call.expireAfter(within, "the request did not come to its end");
  }

  static ApiException tooLarge() {
    return new ApiException(
        Reason.MESSAGE_TOO_LARGE, "the request's message is larger than this server takes");
  }

  private void message(GrpcMessage message) {
    if (call.ended()) {
      return;
    }
    if (payload != null) {
      call.fail(count("more than one message"));
    } else if (!message.encoding().equals("identity")) {
      call.fail(malformed("it is marked as compressed, without an encoding"));
    } else {
      payload = message.payload();
    }
  }

  private void end() {
    Buffer whole = payload;
    if (call.ended()) {
      return;
    }
    if (whole == null) {
      call.fail(count("no whole message"));
      return;
    }
    if (call.bytesRead() != PREFIX + whole.length()) {
      call.fail(count("the beginning of a second one"));
      return;
    }
    I request;
    try {
      request = decoder.decode(GrpcMessage.message("identity", whole));
    } catch (CodecException _) {
      call.fail(malformed("it is not protobuf of the request's type"));
      return;
    }
    call.log().received(request, whole.length());
    next.accept(request);
  }

  private ApiException count(String found) {
    return new ApiException(
        Reason.NOT_SERVED,
        call.call().method() + " takes exactly one message, and the request had " + found,
        Map.of("method", call.call().method()));
  }

  static ApiException malformed(String why) {
    return new ApiException(
        Reason.MALFORMED_MESSAGE, "the request's message cannot be read: " + why);
  }
}
