package io.orrery.config;

import java.util.List;

/**
 * What is wrong with the configuration: all of it, in one message of several lines that is ready to
 * print.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /**
   * Names the thing at fault and each problem, one a line.
   *
   * @param subject what has the problems, for example {@code "The worker's configuration"}
   * @param problems each with the key or the file that it is about in front
   */
  public ConfigurationException(String subject, List<String> problems) {
    super(message(subject, problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems alone, in the order they were found. */
  public List<String> problems() {
    return problems;
  }

  private static String message(String subject, List<String> problems) {
    return subject
        + (problems.size() == 1 ? " has 1 problem:" : " has " + problems.size() + " problems:")
        + "\n  "
        + String.join("\n  ", problems);
  }
}
