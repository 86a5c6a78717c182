package io.orrery.cli;

import io.vertx.core.Vertx;
import java.net.URLConnection;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives back heap that a server has needed and needs no more: when it has little to do and its heap
 * has grown since the last time, with one full collection. The serial collector gives nothing back
 * otherwise, and an idle server never comes to a full collection.
 */
final class SpareHeap {
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** What is less is not worth a pause. */
  private static final long LEAST = 8 << 20;

  private final Readings process;
  private long cpu;
  private long time;
  private long settled;

  /**
   * What is to be known of the process: its processor time and the time in nanoseconds, its heap in
   * bytes, and how to collect.
   */
  record Readings(LongSupplier cpu, LongSupplier time, LongSupplier heap, Runnable collect) {}

  SpareHeap(Readings process) {
    this.process = process;
    cpu = process.cpu().getAsLong();
    time = process.time().getAsLong();
  }

  static SpareHeap ofProcess() {
    return new SpareHeap(
        new Readings(
            SpareHeap::processorNanos,
            System::nanoTime,
            Runtime.getRuntime()::totalMemory,
            SpareHeap::collect));
  }

  /**
   * The launcher of Vert.x looks into each library's manifest at the start. The JDK would keep all
   * of them open, with an index each, and of the one that is signed a digest of every file.
   */
  static void keepNoJarsOpen() {
    URLConnection.setDefaultUseCaches("jar", false);
  }

  /** Looks every two seconds from now on. */
  void giveBack(Vertx vertx) {
    vertx.setPeriodic(LOOK.toMillis(), _ -> look());
  }

  void look() {
    long cpuNow = process.cpu().getAsLong();
    long timeNow = process.time().getAsLong();
    boolean quiet = cpuNow - cpu < (timeNow - time) / 4;
    cpu = cpuNow;
    time = timeNow;
    if (quiet && process.heap().getAsLong() - settled >= Math.max(LEAST, settled / 4)) {
      process.collect().run();
      settled = process.heap().getAsLong();
    }
  }

  private static long processorNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  /** Everything stops for a collection, so that it does not matter which thread asks for it. */
  private static void collect() {
    System.gc();
  }
}
