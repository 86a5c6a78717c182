package io.orrery.http;

import java.util.concurrent.Callable;

/** A call within a condition: what it throws fails the test. */
final class Unchecked {
  private Unchecked() {}

  static <T> T get(Callable<T> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
