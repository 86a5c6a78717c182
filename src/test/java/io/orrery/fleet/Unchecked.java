package io.orrery.fleet;

import java.util.concurrent.Callable;

/** Calls what throws where nothing may be thrown. */
final class Unchecked {
  private Unchecked() {}

  static <T> T get(Callable<T> callable) {
    try {
      return callable.call();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
