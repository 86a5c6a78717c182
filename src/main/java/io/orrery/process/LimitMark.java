package io.orrery.process;

import java.nio.file.Path;

/**
 * An empty file in the directory of a job that is stopped since it printed more than it may; it is
 * there before the stop, so that whoever tells of the end later tells it as it was.
 */
public final class LimitMark {
  /** Its name. */
  public static final String NAME = "output-limit";

  private LimitMark() {}

  static Path file(Path directory) {
    return directory.resolve(NAME);
  }
}
