package io.orrery.config;

import io.vertx.core.json.JsonArray;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of JSON as Java has them, or an exception that says what is expected instead. */
final class OptionValues {
  private OptionValues() {}

  static String hostName(String text) {
    if (!HostPort.isHost(text)) {
      throw new IllegalArgumentException(expected("a host name or IP address", text));
    }
    return text;
  }

  static int wholeNumber(@Nullable Object value, int least, int most, String range) {
    boolean whole =
        value instanceof Integer || value instanceof Long || value instanceof BigInteger;
    if (whole && value instanceof Number number) {
      long amount = number.longValue();
      if (amount >= least && amount <= most && !(number instanceof BigInteger)) {
        return (int) amount;
      }
    }
    throw new IllegalArgumentException(expected("a whole number from " + range, value));
  }

  static String string(@Nullable Object value, String what) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(expected(what, value));
  }

  static List<String> strings(@Nullable Object value) {
    if (!(value instanceof JsonArray array)) {
      throw new IllegalArgumentException(expected("a list of strings", value));
    }
    List<String> all = new ArrayList<>();
    for (Object element : array) {
      if (!(element instanceof String text) || text.isBlank()) {
        throw new IllegalArgumentException(
            "must be a list of non-empty strings, but has " + ShownValue.of(element));
      }
      all.add(text);
    }
    return List.copyOf(all);
  }

  static String expected(String what, @Nullable Object value) {
    return "must be " + what + ", not " + ShownValue.of(value);
  }
}
