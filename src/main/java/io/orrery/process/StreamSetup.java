package io.orrery.process;

import org.jspecify.annotations.Nullable;

/**
 * What a job's descriptors 0 to 2 are.
 *
 * @param mergeStderr whether standard error goes to {@code stdout} as well; then {@code stderr} is
 *     not made
 * @param liveInput whether standard input is a pipe that {@link Runner#input} feeds, rather than
 *     the file {@code stdin}
 * @param window where it is given, all three are a terminal of this size, which {@link
 *     Runner#input} feeds and whose output is appended to {@code stdout}
 */
public record StreamSetup(boolean mergeStderr, boolean liveInput, @Nullable WindowSize window) {
  /** Files alone. */
  public static final StreamSetup FILES = new StreamSetup(false, false, null);

  /** The size of a terminal, 1 to 65,535 each way. */
  public record WindowSize(int rows, int columns) {
    public WindowSize {
      if (rows < 1 || columns < 1 || rows > 65_535 || columns > 65_535) {
        throw new IllegalArgumentException("not the size of a terminal: " + rows + "x" + columns);
      }
    }
  }

  /** Whether {@link Runner#input} feeds it. */
  boolean isLive() {
    return liveInput || window != null;
  }
}
