package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A sink that keeps all it gets, fails when a stream has a hole that no gap explains, and is full
 * when a test wants it to be.
 */
final class Reader implements Sink {
  private final Map<StandardStream, ByteArrayOutputStream> bytes =
      new EnumMap<>(StandardStream.class);
  private final Map<StandardStream, Long> places = new EnumMap<>(StandardStream.class);
  private final List<OutputChunk> chunks = new ArrayList<>();
  private final List<OutputGap> gaps = new ArrayList<>();
  private final CompletableFuture<StreamBytes> end = new CompletableFuture<>();
  private final Map<StandardStream, MessageDigest> digests = new EnumMap<>(StandardStream.class);
  private final Map<StandardStream, Long> sizes = new EnumMap<>(StandardStream.class);
  private final Callable<?> whenWritten;
  private final boolean keeping;
  private Runnable drained = () -> {};
  private volatile boolean full;
  private int heartbeats;
  private int ends;

  Reader() {
    this(() -> null);
  }

  private Reader(boolean keeping) {
    this.whenWritten = () -> null;
    this.keeping = keeping;
  }

  /** One for many bytes, which keeps their sum only. */
  static Reader ofMuch() {
    return new Reader(false);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Does something more with each chunk. */
  Reader(Callable<?> whenWritten) {
    this.whenWritten = whenWritten;
    this.keeping = true;
  }

  @Override
  public synchronized boolean write(OutputChunk chunk) {
    arrive(chunk.stream(), chunk.offset(), chunk.end());
    byte[] data = chunk.bytes().getBytes();
    sizes.merge(chunk.stream(), (long) data.length, Long::sum);
    digests.computeIfAbsent(chunk.stream(), stream -> sha256()).update(data);
    if (keeping) {
      bytes.computeIfAbsent(chunk.stream(), s -> new ByteArrayOutputStream()).writeBytes(data);
      chunks.add(chunk);
    }
    try {
      whenWritten.call();
    } catch (Exception e) {
      end.completeExceptionally(e);
    }
    return !full;
  }

  @Override
  public synchronized void gap(OutputGap gap) {
    arrive(gap.stream(), gap.from(), gap.to());
    gaps.add(gap);
  }

  @Override
  public synchronized void drainHandler(Runnable handler) {
    drained = handler;
  }

  @Override
  public synchronized void heartbeat() {
    heartbeats++;
  }

  @Override
  public synchronized void end(StreamBytes totals) {
    ends++;
    end.complete(totals);
  }

  @Override
  public synchronized void fail(Throwable cause) {
    ends++;
    end.completeExceptionally(cause);
  }

  private void arrive(StandardStream stream, long from, long to) {
    Long expected = places.put(stream, to);
    if (to <= from || (expected != null && expected != from)) {
      end.completeExceptionally(
          new AssertionError(
              "%s: [%d, %d) came where %d was expected".formatted(stream, from, to, expected)));
    }
    if (end.isDone()) {
      end.obtrudeException(new AssertionError("something came after the end"));
    }
  }

  /** From the next chunk on there is no room. */
  void fill() {
    full = true;
  }

  void drain() {
    full = false;
    takeOne();
  }

  /** Makes room for one chunk more. */
  void takeOne() {
    Runnable handler;
    synchronized (this) {
      handler = drained;
    }
    handler.run();
  }

  boolean isFull() {
    return full;
  }

  StreamBytes awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
    return end.get(60, TimeUnit.SECONDS);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  synchronized int ends() {
    return ends;
  }

  synchronized int heartbeats() {
    return heartbeats;
  }

  synchronized byte[] bytes(StandardStream stream) {
    ByteArrayOutputStream got = bytes.get(stream);
    return got == null ? new byte[0] : got.toByteArray();
  }

  /** The SHA-256 of all bytes; once, after the end. */
  synchronized byte[] digest(StandardStream stream) {
    return digests.computeIfAbsent(stream, s -> sha256()).digest();
  }

  synchronized long size(StandardStream stream) {
    return sizes.getOrDefault(stream, 0L);
  }

  String out() {
    return new String(bytes(StandardStream.STDOUT), StandardCharsets.UTF_8);
  }

  String err() {
    return new String(bytes(StandardStream.STDERR), StandardCharsets.UTF_8);
  }

  synchronized List<OutputChunk> chunks() {
    return List.copyOf(chunks);
  }

  synchronized List<OutputGap> gaps() {
    return List.copyOf(gaps);
  }

  synchronized Instant lastTime() {
    return chunks.getLast().time();
  }

  void awaitSize(StandardStream stream, long wanted) {
    await("%s of %d bytes".formatted(stream, wanted), () -> size(stream) >= wanted);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      LockSupport.parkNanos(500_000);
    }
  }
}
