package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Prints how fast output is read and how soon a line arrives; by hand, in a directory given. */
public final class OutputBench {
  private static final long GIGABYTE = 1L << 30;
  private static final int LINES = 2000;

  private final Vertx vertx = Vertx.vertx();
  private final OutputTails tails =
      new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);
  private final Path jobs;
  private Duration cpu = Duration.ZERO;

  private OutputBench(Path jobs) throws IOException {
    this.jobs = jobs;
  }

  /** The directory to write a gigabyte into. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "orrery-bench");
    OutputBench bench = new OutputBench(directory);
    Path finished = bench.gigabyte();
    for (int readers : new int[] {1, 1, 1, 8, 8, 50, 50}) {
      bench.readFinished(finished, readers);
    }
    bench.followWriter();
    bench.latency(1, Duration.ofMillis(2));
    bench.latency(1, Duration.ofMillis(2));
    bench.latency(50, Duration.ofMillis(5));
    bench.latency(1, Duration.ofNanos(200_000));
    bench.vertx.close().await(10, TimeUnit.SECONDS);
    for (Path path : Files.walk(directory).sorted((a, b) -> b.compareTo(a)).toList()) {
      Files.delete(path);
    }
  }

  private Path gigabyte() throws Exception {
    JobId job = JobId.random();
    Path directory = Files.createDirectory(jobs.resolve("finished"));
    tails.watch(job, directory, StreamLimit.NONE).await();
    write(directory, GIGABYTE);
    tails.finish(job, directory).await();
    return directory;
  }

  private static void write(Path directory, long size) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel out =
        FileChannel.open(
            directory.resolve("stdout"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (long written = 0; written < size; written += block.capacity()) {
        out.write(block.clear());
      }
    }
  }

  private void readFinished(Path directory, int readers) throws Exception {
    JobId job = JobId.random();
    tails.restore(job, directory, new StreamBytes(GIGABYTE, 0), StreamLimit.NONE);
    long start = System.nanoTime();
    List<Discard> sinks = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      Discard sink = new Discard();
      sinks.add(sink);
      vertx.runOnContext(ignored -> tails.follow(job, directory, FollowRequest.ALL, sink));
    }
    for (Discard sink : sinks) {
      sink.end.get();
    }
    print("finished file, %d readers".formatted(readers), readers * GIGABYTE, start);
  }

  private void followWriter() throws Exception {
    JobId job = JobId.random();
    Path directory = Files.createDirectory(jobs.resolve("followed"));
    tails.watch(job, directory, StreamLimit.NONE).await();
    Discard sink = new Discard();
    tails.follow(job, directory, FollowRequest.ALL, sink);
    long start = System.nanoTime();
    write(directory, GIGABYTE);
    print("(the writer alone)", GIGABYTE, start);
    tails.finish(job, directory).await();
    sink.end.get();
    print("followed while written, 1 reader", GIGABYTE, start);
  }

  private void latency(int readers, Duration pause) throws Exception {
    JobId job = JobId.random();
    Path directory = Files.createDirectory(jobs.resolve("latency-" + job.value()));
    tails.watch(job, directory, StreamLimit.NONE).await();
    long[] nanos = new long[LINES * readers];
    AtomicLong count = new AtomicLong();
    for (int i = 0; i < readers; i++) {
      tails.follow(job, directory, FollowRequest.ALL, new Stopwatch(nanos, count));
    }
    TimeUnit.MILLISECONDS.sleep(500);
    try (FileChannel out =
        FileChannel.open(
            directory.resolve("stdout"), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      for (int i = 0; i < LINES; i++) {
        ByteBuffer line = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).flip();
        out.write(line);
        LockSupport.parkNanos(pause.toNanos());
      }
    }
    tails.finish(job, directory).await();
    while (count.get() < nanos.length) {
      LockSupport.parkNanos(1_000_000);
    }
    Arrays.sort(nanos);
    System.out.printf(
        "line latency, %d readers, a line every %d us: p50 %.3f ms, p90 %.3f ms, p99 %.3f ms, max"
            + " %.3f ms%n",
        readers,
        pause.toNanos() / 1000,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 9 / 10] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }

  /** The processor time tells more than the speed where other programs run too. */
  private void print(String what, long bytes, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    Duration now = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    System.out.printf(
        "%s: %.0f MB/s, %.2f ns of CPU a byte%n",
        what, bytes / seconds / 1e6, now.minus(cpu).toNanos() / (double) bytes);
    cpu = now;
  }

  private static class Discard implements Sink {
    final CompletableFuture<StreamBytes> end = new CompletableFuture<>();

    @Override
    public boolean write(OutputChunk chunk) {
      return true;
    }

    @Override
    public void drainHandler(Runnable drained) {}

    @Override
    public void gap(OutputGap gap) {}

    @Override
    public void heartbeat() {}

    @Override
    public void end(StreamBytes totals) {
      end.complete(totals);
    }

    @Override
    public void fail(Throwable cause) {
      end.completeExceptionally(cause);
    }
  }

  /** Each line is the time when it was written. */
  private static final class Stopwatch extends Discard {
    private final long[] nanos;
    private final AtomicLong count;

    Stopwatch(long[] nanos, AtomicLong count) {
      this.nanos = nanos;
      this.count = count;
    }

    @Override
    public boolean write(OutputChunk chunk) {
      long now = System.nanoTime();
      for (int at = 0; at < chunk.bytes().length(); at += Long.BYTES) {
        nanos[(int) count.getAndIncrement()] = now - chunk.bytes().getLong(at);
      }
      return true;
    }
  }
}
