package io.orrery.rpc;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The syntax of labels: keys as Kubernetes writes them (an optional DNS prefix and a slash, then 1
 * to 63 characters), values of at most 253 characters without control characters.
 */
final class LabelRules {
  private static final int MOST = 64;
  private static final int MAX_PREFIX = 253;
  private static final int MAX_KEY = 63;
  private static final Pattern PREFIX = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
  private static final Pattern VALUE = Pattern.compile("\\P{Cntrl}{0,253}");

  private LabelRules() {}

  static void check(String field, Map<String, String> labels, Violations violations) {
    violations.require(
        labels.size() <= MOST, field, "must be at most " + MOST + ", and are " + labels.size());
    labels.forEach(
        (key, value) -> {
          String each = field + "[" + AccessLog.escape(key) + "]";
          violations.require(isKey(key), each, "must have a key like zone or example.com/zone");
          violations.require(
              VALUE.matcher(value).matches(),
              each,
              "must have a value of at most 253 printable characters");
        });
  }

  private static boolean isKey(String key) {
    int slash = key.indexOf('/');
    String prefix = slash < 0 ? "a" : key.substring(0, slash);
    String name = key.substring(slash + 1);
    return prefix.length() <= MAX_PREFIX
        && PREFIX.matcher(prefix).matches()
        && name.length() <= MAX_KEY
        && KEY.matcher(name).matches();
  }
}
