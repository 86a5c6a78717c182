package io.orrery.config;

import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The keys that were declared, and the nearest of them to a mistyped one. */
final class KnownKeys {
  private final Set<String> leaves = new LinkedHashSet<>();
  private final Set<String> sections = new LinkedHashSet<>();

  void leaf(String path) {
    leaves.add(path);
  }

  void section(String path) {
    sections.add(path);
  }

  /** Notes every key of the object, and of its declared sections, that nobody declared. */
  void reportUnknown(JsonObject json, String prefix, Problems problems) {
    for (String key : json.fieldNames()) {
      String path = prefix + key;
      if (sections.contains(path)) {
        if (json.getValue(key) instanceof JsonObject section) {
          reportUnknown(section, path + ".", problems);
        }
      } else if (!leaves.contains(path)) {
        String shown = ShownValue.of(path);
        problems.add(
            shown.substring(1, shown.length() - 1),
            "unknown key; the nearest known key is \"" + nearest(path) + "\"");
      }
    }
  }

  private String nearest(String path) {
    Set<String> known = new LinkedHashSet<>(sections);
    known.addAll(leaves);
    return known.stream().min(Comparator.comparingInt(k -> distance(path, k))).orElseThrow();
  }

  /** Also sees a right key in the wrong section, and another way to write the words. */
  private static int distance(String unknown, String known) {
    int elsewhere = parent(unknown).equals(parent(known)) ? 0 : 1;
    return Math.min(
        edits(plain(unknown), plain(known)),
        edits(plain(last(unknown)), plain(last(known))) + elsewhere);
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('.') + 1);
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static String plain(String path) {
    return path.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
  }

  /** The Levenshtein distance: insertions, deletions and replacements of one character. */
  static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
