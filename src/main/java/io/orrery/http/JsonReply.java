package io.orrery.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.orrery.job.ApiException;
import io.orrery.rpc.DirectReply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** The answer to a call as one JSON object, with the names of the proto. */
final class JsonReply implements DirectReply {
  static final String TYPE = "application/json";

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(ErrorInfo.getDescriptor())
                  .add(BadRequest.getDescriptor())
                  .add(QuotaFailure.getDescriptor())
                  .add(RetryInfo.getDescriptor())
                  .build())
          .preservingProtoFieldNames()
          .alwaysPrintFieldsWithNoPresence()
          .omittingInsignificantWhitespace();

  private static final int BY_REASON = 0;

  private final HttpServerRequest request;
  private final int errorCode;

  JsonReply(HttpServerRequest request) {
    this(request, BY_REASON);
  }

  /** With this code for an error, as HTTP has a better one than gRPC's. */
  JsonReply(HttpServerRequest request, int errorCode) {
    this.request = request;
    this.errorCode = errorCode;
  }

  /** A message on one line. */
  static String json(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without JSON", e);
    }
  }

  @Override
  public void answer(Message message) {
    ErrorReply.plain(request.response()).putHeader("content-type", TYPE).end(json(message) + "\n");
  }

  @Override
  public void fail(ApiException failure) {
    if (errorCode == BY_REASON) {
      ErrorReply.send(request, failure);
    } else {
      ErrorReply.send(request, errorCode, failure);
    }
  }

  @Override
  public boolean write(Buffer encodedMessage) {
    throw new IllegalStateException("a stream for a method of one answer");
  }

  @Override
  public void drainHandler(Runnable handler) {
    throw new IllegalStateException("a stream for a method of one answer");
  }

  /** There is nothing to answer. */
  @Override
  public void end() {
    request.response().setStatusCode(204).end();
  }
}
