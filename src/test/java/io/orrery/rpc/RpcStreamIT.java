package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RawHttp2.Reply;
import io.orrery.security.Role;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of answers: their ends, and readers that are slow. */
final class RpcStreamIT {
  private static final String METHOD = "orrery.v1.Worker/StreamJob";
  private static final byte[] EMPTY_MESSAGE = {0, 0, 0, 0, 0};
  private static final int CHUNK = 64 << 10;

  @TempDir Path directory;
  private RpcHarness harness;
  private RpcClient client;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private final AtomicReference<ReplyStream> replies = new AtomicReference<>();
  private volatile StreamHandler<StreamJobRequest> handler = (_, _, _) -> {};

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        RpcLimits.DEFAULT,
        server ->
            server.serverStream(
                WorkerGrpcService.StreamJob,
                (call, request, stream) -> {
                  stream.onEnd(ends::incrementAndGet);
                  replies.set(stream);
                  begun.incrementAndGet();
                  handler.handle(call, request, stream);
                }));
    client = harness.client(Role.ADMIN, "anna");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private ReplySource open() throws Exception {
    return start().await(10, SECONDS);
  }

  private Future<ReplySource> start() {
    return client.stream(
        harness.address(),
        RpcHarness.SCHEDULER,
        WorkerGrpcClient.StreamJob,
        StreamJobRequest.getDefaultInstance(),
        CallOptions.within(Duration.ofSeconds(10)));
  }

  private RawHttp2 raw(int window) throws Exception {
    return new RawHttp2(harness.port(), harness.parties.party(Role.ADMIN, "anna"), window);
  }

  /** Opens the stream with a raw client, and waits until the handler has it. */
  private int openRaw(RawHttp2 raw) throws Exception {
    int before = begun.get();
    int stream = raw.open(METHOD, Map.of(), false);
    raw.data(stream, EMPTY_MESSAGE, true);
    RpcHarness.await("the handler", () -> begun.get() > before);
    return stream;
  }

  private static ApiException failure(Future<?> future) {
    try {
      future.await(10, SECONDS);
    } catch (ApiException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError("not an ApiException", e);
    }
    throw new AssertionError("it succeeded");
  }

  private void endsOnce() throws Exception {
    RpcHarness.await("the end", () -> ends.get() > 0);
    assertThat(ends).hasValue(1);
    assertThat(replies.get().ended()).isTrue();
    assertThat(replies.get().write(Buffer.buffer("late"))).isFalse();
    replies.get().end();
    replies.get().fail(new IllegalStateException("late"));
    assertThat(ends).hasValue(1);
    AtomicInteger late = new AtomicInteger();
    replies.get().onEnd(late::incrementAndGet);
    assertThat(late).hasValue(1);
  }

  @Test
  void messagesArriveInOrderAndByteForByte() throws Exception {
    handler =
        (_, _, stream) -> {
          for (int i = 0; i < 1000; i++) {
            stream.write(Buffer.buffer().appendInt(i).appendBytes(new byte[i]));
          }
          stream.end();
        };
    Queue<Buffer> arrived = new ConcurrentLinkedQueue<>();
    ReplySource source = open();
    source.handler(arrived::add).resume();
    source.end().await(10, SECONDS);
    assertThat(arrived).hasSize(1000);
    int i = 0;
    for (Buffer message : arrived) {
      assertThat(message.getInt(0)).isEqualTo(i);
      assertThat(message.length()).isEqualTo(4 + i++);
    }
    assertThat(source.peer().name()).isEqualTo("sun");
    endsOnce();
  }

  @Test
  void aStreamWithoutMessagesEndsWell() throws Exception {
    handler = (_, _, stream) -> stream.end();
    ReplySource source = open();
    source.resume();
    source.end().await(10, SECONDS);
  }

  @Test
  void aRefusalBeforeTheFirstMessageFailsTheOpening() throws Exception {
    handler =
        (_, _, _) -> {
          throw ApiException.jobNotFound("j");
        };
    ApiException failure = failure(start());
    assertThat(failure.reason()).isEqualTo(Reason.JOB_NOT_FOUND);
    assertThat(failure.metadata()).containsEntry("job_id", "j");
    endsOnce();
  }

  @Test
  void aFailureAfterMessagesComesAfterThem() throws Exception {
    handler =
        (_, _, stream) -> {
          stream.write(Buffer.buffer("one"));
          stream.write(Buffer.buffer("two"));
          stream.fail(
              new ApiException(Reason.SLOW_READER, "too slow", Map.of("stdout_offset", "6")));
        };
    Queue<String> arrived = new ConcurrentLinkedQueue<>();
    ReplySource source = open();
    source.handler(message -> arrived.add(message.toString())).resume();
    ApiException failure = failure(source.end());
    assertThat(arrived).containsExactly("one", "two");
    assertThat(failure.reason()).isEqualTo(Reason.SLOW_READER);
    assertThat(failure.metadata()).containsEntry("stdout_offset", "6");
  }

  @Test
  void aBugInTheHandlerIsAnInternalError() {
    handler =
        (_, _, _) -> {
          throw new StackOverflowError();
        };
    ApiException failure = failure(start());
    assertThat(failure.reason()).isEqualTo(Reason.INTERNAL_BUG);
    assertThat(failure.metadata()).containsKey("incident");
  }

  @Test
  void aClientThatCancelsIsNoticed() throws Exception {
    handler = (_, _, stream) -> stream.write(Buffer.buffer("one"));
    ReplySource source = open();
    assertThat(ends).hasValue(0);
    source.cancel();
    assertThat(failure(source.end()).reason()).isEqualTo(Reason.CANCELLED);
    endsOnce();
  }

  @Test
  void aClientThatResetsIsNoticedWhateverItsCode() throws Exception {
    try (RawHttp2 raw = raw(1 << 20)) {
      for (int code : new int[] {0, 1, 2, 5, 7, 8, 13, 99}) {
        ends.set(0);
        int stream = openRaw(raw);
        raw.reset(stream, code);
        endsOnce();
      }
    }
  }

  @Test
  void aConnectionThatIsLostIsNoticed() throws Exception {
    RawHttp2 raw = raw(1 << 20);
    openRaw(raw);
    raw.close();
    endsOnce();
  }

  @Test
  void aServerThatIsLostIsNoticed() throws Exception {
    handler = (_, _, stream) -> stream.write(Buffer.buffer("one"));
    ReplySource source = open();
    source.resume();
    harness.disconnect();
    assertThat(failure(source.end()).reason()).isEqualTo(Reason.WORKER_UNREACHABLE);
  }

  @Test
  void aStalledReaderCostsABoundedBufferAndStillGetsEverything() throws Exception {
    int all = 160; // of 64 KiB: 10 MiB
    AtomicInteger written = new AtomicInteger();
    AtomicInteger stalls = new AtomicInteger();
    handler = (_, _, stream) -> pump(stream, all, written, stalls);
    try (RawHttp2 raw = raw(CHUNK)) {
      int stream = openRaw(raw);
      RpcHarness.await("a full queue", () -> stalls.get() > 0);
      // A second reader is served meanwhile, in full.
      AtomicLong second = new AtomicLong();
      ReplySource source = open();
      source.handler(message -> second.addAndGet(message.length())).resume();
      source.end().await(20, SECONDS);
      assertThat(second).hasValue((long) all * CHUNK);
      RpcHarness.await("the end of the second, at the server", () -> ends.get() == 1);
      assertThat(stalls.get()).isPositive();
      raw.widen(stream, all * (CHUNK + 5));
      Reply reply = raw.reply(stream);
      assertThat(reply.grpcStatus()).isEqualTo("0");
      assertThat(reply.data.size()).isEqualTo(all * (CHUNK + 5));
    }
  }

  @Test
  void aReaderThatNeverReadsHoldsTheWriterBack() throws Exception {
    AtomicInteger written = new AtomicInteger();
    AtomicInteger stalls = new AtomicInteger();
    handler = (_, _, stream) -> pump(stream, 160, written, stalls);
    try (RawHttp2 raw = raw(CHUNK)) {
      openRaw(raw);
      RpcHarness.await("a full queue", () -> stalls.get() > 0);
      // A reader that reads gets all meanwhile: a writer that is not held back would as well.
      handler = (_, _, stream) -> pump(stream, 160, new AtomicInteger(), new AtomicInteger());
      ReplySource second = open();
      second.resume();
      second.end().await(20, SECONDS);
      assertThat(written.get()).isBetween(1, 32); // 2 MiB of 10
      RpcHarness.await("the end of the second", () -> ends.get() == 1);
    }
    RpcHarness.await("the end", () -> ends.get() == 2);
  }

  @Test
  void aLongStreamNeverFallsAsleep() throws Exception {
    int all = 1024; // of 64 KiB: 64 MiB, many times the windows
    handler = (_, _, stream) -> pump(stream, all, new AtomicInteger(), new AtomicInteger());
    for (int i = 0; i < 8; i++) {
      AtomicLong arrived = new AtomicLong();
      ReplySource source = open();
      source.handler(message -> arrived.addAndGet(message.length())).resume();
      source.end().await(60, SECONDS);
      assertThat(arrived).hasValue((long) all * CHUNK);
    }
  }

  private static void pump(
      ReplyStream stream, int all, AtomicInteger written, AtomicInteger stalls) {
    int[] mine = {0};
    Runnable write =
        () -> {
          while (mine[0] < all) {
            mine[0]++;
            written.incrementAndGet();
            if (!stream.write(Buffer.buffer(new byte[CHUNK]))) {
              stalls.incrementAndGet();
              return;
            }
          }
          stream.end();
        };
    stream.drainHandler(write);
    write.run();
  }

  @Test
  void aClientThatFetchesGetsAsManyAsItAskedFor() throws Exception {
    handler =
        (_, _, stream) -> {
          for (int i = 0; i < 10; i++) {
            stream.write(Buffer.buffer().appendInt(i));
          }
          stream.end();
        };
    List<Integer> arrived = new ArrayList<>();
    Future<ReplySource> opening = start();
    ReplySource source = opening.await(10, SECONDS);
    source.handler(message -> arrived.add(message.getInt(0)));
    source.fetch(3);
    RpcHarness.await("three", () -> arrived.size() == 3);
    source.fetch(0);
    assertThat(arrived).containsExactly(0, 1, 2);
    source.fetch(1);
    RpcHarness.await("four", () -> arrived.size() == 4);
    assertThat(source.end().isComplete()).isFalse();
    source.resume();
    source.end().await(10, SECONDS);
    assertThat(arrived).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aStreamEndsAtTheClientsDeadline() throws Exception {
    handler = (_, _, stream) -> stream.write(Buffer.buffer("one"));
    try (RawHttp2 raw = raw(1 << 20)) {
      int stream = raw.open(METHOD, Map.of("grpc-timeout", "300m"), false);
      raw.data(stream, EMPTY_MESSAGE, true);
      Reply reply = raw.reply(stream);
      assertThat(reply.grpcStatus()).isEqualTo("4");
      assertThat(reply.data.toByteArray()).endsWith('o', 'n', 'e');
      endsOnce();
    }
  }

  @Test
  void aShutdownEndsEndlessStreamsAtOnceAndSaysWhy() throws Exception {
    handler = (_, _, stream) -> stream.write(Buffer.buffer("one"));
    ReplySource source = open();
    source.resume();
    long begin = System.nanoTime();
    Future<Void> stopped = harness.shutdown(Duration.ofSeconds(60));
    assertThat(failure(source.end()).reason()).isEqualTo(Reason.DRAINING);
    endsOnce();
    stopped.await(10, SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.reason()).isIn(Reason.WORKER_UNREACHABLE, Reason.DRAINING));
  }

  @Test
  void aConnectionSurvivesThreeHundredCancels() throws Exception {
    try (RawHttp2 raw = raw(1 << 20)) {
      List<Integer> streams = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        streams.add(openRaw(raw));
      }
      for (int stream : streams) {
        raw.reset(stream, 8);
      }
      RpcHarness.await("all ends", () -> ends.get() == 300);
      handler = (_, _, stream) -> stream.end();
      assertThat(raw.reply(openRaw(raw)).grpcStatus()).isEqualTo("0");
      assertThat(raw.sawGoAway()).isFalse();
    }
  }

  @Test
  void aFloodOfResetsEndsTheConnection() throws Exception {
    try (RawHttp2 raw = raw(1 << 20)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 3000; i++) {
                  raw.reset(raw.open(METHOD, Map.of(), false), 8);
                }
                while (true) {
                  raw.read(); // until the server has closed
                }
              })
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
    assertThat(begun).hasValue(0);
    handler = (_, _, stream) -> stream.end();
    open();
  }

  @Test
  void theBytesOfAMessageAreNotLookedAt() throws Exception {
    byte[] any = {(byte) 0xff, 0, 1, 2, (byte) 0x80};
    handler =
        (_, _, stream) -> {
          stream.write(Buffer.buffer(any));
          stream.end();
        };
    AtomicReference<Buffer> arrived = new AtomicReference<>();
    ReplySource source = open();
    source.handler(arrived::set).resume();
    source.end().await(10, SECONDS);
    assertThat(ByteBuffer.wrap(arrived.get().getBytes())).isEqualTo(ByteBuffer.wrap(any));
  }
}
