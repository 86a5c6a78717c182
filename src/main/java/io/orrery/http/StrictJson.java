package io.orrery.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON as RFC 8259 has it: protobuf's own parser takes comments and bare words, and a key twice.
 */
final class StrictJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * The object of a body; an empty body is an empty object.
   *
   * @throws ApiException INVALID_REQUEST
   */
  static ObjectNode parse(@Nullable Buffer body) {
    if (body == null || body.length() == 0) {
      return object();
    }
    try {
      if (MAPPER.readTree(body.getBytes()) instanceof ObjectNode object) {
        return object;
      }
      throw wrong("it is not an object");
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw wrong(e.getOriginalMessage() + where);
    } catch (IOException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static ApiException wrong(String why) {
    return new ApiException(Reason.INVALID_REQUEST, "the body is not a JSON object: " + why);
  }

  static String text(JsonNode json) {
    return json.toString();
  }
}
