package io.orrery.config;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Shows a rejected value in a message: on one line, short, and never a key that was pasted in. */
final class ShownValue {
  private static final int LONGEST = 60;

  private ShownValue() {}

  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text when text.contains("-----BEGIN") -> "the content of a PEM file";
      case String text when text.length() > LONGEST ->
          Json.encode(text.substring(0, LONGEST)) + "…";
      case String text -> Json.encode(text);
      case JsonObject _ -> "an object";
      case JsonArray _ -> "a list";
      default -> value.toString();
    };
  }
}
