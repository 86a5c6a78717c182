package io.orrery.config;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The syntax of labels: keys as Kubernetes writes them (an optional DNS prefix and a slash, then 1
 * to 63 characters), values of at most 253 characters without control characters.
 */
final class Labels {
  static final int MOST = 64;

  private static final Pattern KEY =
      Pattern.compile(
          "(?:(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?"
              + "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern VALUE = Pattern.compile("\\P{Cntrl}{0,253}");

  private Labels() {}

  /**
   * Reads an object of strings.
   *
   * @throws IllegalArgumentException with a message that says what is expected
   */
  static Map<String, String> read(JsonObject json) {
    if (json.size() > MOST) {
      throw new IllegalArgumentException(
          "must have at most " + MOST + " labels, not " + json.size());
    }
    Map<String, String> labels = new LinkedHashMap<>();
    for (String key : json.fieldNames()) {
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException(
            "must have keys like \"zone\" or \"example.com/zone\", not " + ShownValue.of(key));
      }
      if (!(json.getValue(key) instanceof String value) || !VALUE.matcher(value).matches()) {
        throw new IllegalArgumentException(
            "must have strings of at most 253 printable characters as values, not "
                + ShownValue.of(json.getValue(key)));
      }
      labels.put(key, value);
    }
    return Collections.unmodifiableMap(labels);
  }
}
