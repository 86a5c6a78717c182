package io.orrery.cli;

import java.util.concurrent.Callable;

/**
 * One of several things that a command does at a time.
 *
 * @param name what a message about it begins with
 * @param work returns an exit code, or {@link #LATER} to be called again in a while
 */
record Branch(String name, Callable<Integer> work) {
  /** No exit code: there is none yet. */
  static final int LATER = -1;
}
