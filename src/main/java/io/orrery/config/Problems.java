package io.orrery.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that it can all be told at once; not thread-safe. */
public final class Problems {
  private final List<String> lines = new ArrayList<>();

  /** Notes one problem of a key (its whole path, {@code tls.cert}) or of a file. */
  public void add(String key, String what) {
    lines.add(key + ": " + what);
  }

  /** Whether a problem of this key, or of one below it, was noted. */
  public boolean concern(String key) {
    return lines.stream().anyMatch(l -> l.startsWith(key + ":") || l.startsWith(key + "."));
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** The problems so far, in the order they were found. */
  public List<String> list() {
    return List.copyOf(lines);
  }

  /**
   * Ends the collecting.
   *
   * @throws ConfigurationException with all problems, if there is one
   */
  public void throwIfAny(String subject) {
    if (!lines.isEmpty()) {
      throw new ConfigurationException(subject, lines);
    }
  }
}
