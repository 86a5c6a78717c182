package io.orrery.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request for output asks for: the fields of StreamJobRequest, {@code stream=both}, and two
 * parameters that are of HTTP alone: {@code offset} in the one stream that is asked for, and {@code
 * skip_gaps}.
 */
record OutputRequest(StreamJobRequest request, OutputFormat format) {
  private static final List<String> TYPES =
      List.of(RawOutput.TYPE, JsonLines.TYPE, JsonLines.OTHER_TYPE, EventStream.TYPE);

  /** The media type that the client likes best, bytes where it does not care; empty is none. */
  static Optional<String> type(RoutingContext context) {
    List<MIMEHeader> accepted = context.parsedHeaders().accept();
    if (accepted.isEmpty()) {
      return Optional.of(RawOutput.TYPE);
    }
    return accepted.stream()
        .filter(wanted -> wanted.weight() > 0)
        .flatMap(wanted -> TYPES.stream().filter(type -> matches(wanted, type)))
        .findFirst();
  }

  private static boolean matches(MIMEHeader wanted, String type) {
    String[] parts = type.split("/", 2);
    return (wanted.component().equals("*") || wanted.component().equals(parts[0]))
        && (wanted.subComponent().equals("*") || wanted.subComponent().equals(parts[1]));
  }

  /**
   * Reads the parameters.
   *
   * @param lastEventId the header Last-Event-ID, which is of event streams alone
   * @throws ApiException INVALID_REQUEST
   */
  static OutputRequest parse(
      Route route, String jobId, MultiMap query, String type, @Nullable String lastEventId) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap().addAll(query);
    boolean skipGaps = skipGaps(fields.get("skip_gaps"));
    String offset = fields.get("offset");
    boolean both = "both".equals(fields.get("stream"));
    fields.remove("skip_gaps").remove("offset");
    if (both) {
      fields.remove("stream");
    }
    StreamJobRequest request =
        message(
            JsonRequest.parse(
                QueryParameters.json(fields, route.rpc().getInputType()), route, jobId));
    boolean onlyStdout =
        type.equals(RawOutput.TYPE)
            && !both
            && request.getStream() == OutputStream.OUTPUT_STREAM_UNSPECIFIED;
    if (onlyStdout) {
      request = request.toBuilder().setStream(OutputStream.OUTPUT_STREAM_STDOUT).build();
    }
    if (offset != null) {
      request = from(request, offset);
    }
    if (type.equals(EventStream.TYPE) && lastEventId != null) {
      request = ReaderPlace.resume(request, lastEventId);
    }
    return new OutputRequest(request, format(type, request, skipGaps));
  }

  private static OutputFormat format(String type, StreamJobRequest request, boolean skipGaps) {
    return switch (type) {
      case EventStream.TYPE -> new EventStream(ReaderPlace.of(request));
      case RawOutput.TYPE -> new RawOutput(skipGaps);
      default -> new JsonLines(type);
    };
  }

  private static boolean skipGaps(@Nullable String value) {
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.isEmpty() || value.equals("true")) {
      return true;
    }
    throw ApiException.invalid("skip_gaps", "must be true or false");
  }

  private static StreamJobRequest from(StreamJobRequest request, String offset) {
    if (!offset.matches("[0-9]{1,18}")) {
      throw ApiException.invalid("offset", "must be a whole number");
    }
    if (request.getStartCase() != StreamJobRequest.StartCase.START_NOT_SET) {
      throw ApiException.invalid("offset", "is one start, and the request has another");
    }
    StreamJobRequest.Builder builder = request.toBuilder();
    return switch (request.getStream()) {
      case OUTPUT_STREAM_STDOUT -> {
        builder.getFromBuilder().setStdoutOffset(Long.parseLong(offset));
        yield builder.build();
      }
      case OUTPUT_STREAM_STDERR -> {
        builder.getFromBuilder().setStderrOffset(Long.parseLong(offset));
        yield builder.build();
      }
      case OUTPUT_STREAM_UNSPECIFIED, UNRECOGNIZED ->
          throw ApiException.invalid(
              "offset",
              "needs stream=stdout or stream=stderr; of both it is from.stdout_offset and"
                  + " from.stderr_offset");
    };
  }

  private static StreamJobRequest message(Message message) {
    try {
      return StreamJobRequest.parseFrom(message.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was encoded here cannot be read", e);
    }
  }
}
