package io.orrery.fleet;

import java.util.concurrent.locks.LockSupport;

/** Starts a hundred thousand threads, or as many as it gets, says how many, and stays. */
final class ThreadHog {
  private static final int WANTED = 100_000;

  private ThreadHog() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    int started = 0;
    try {
      while (started < WANTED) {
        Thread.ofPlatform().daemon().start(LockSupport::park);
        started++;
      }
    } catch (OutOfMemoryError noMore) {
      // "unable to create native thread"
    }
    System.out.println(started);
    while (true) {
      LockSupport.park();
    }
  }
}
