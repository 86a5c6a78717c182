package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RawHttp2.Reply;
import io.orrery.security.Role;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.StdinEnd;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls in which messages go both ways: what they must be, and their ends. */
final class RpcConversationIT {
  private static final String METHOD = "orrery.v1.Worker/AttachJob";
  private static final AttachJobRequest FIRST =
      AttachJobRequest.newBuilder().setStart(AttachStart.newBuilder().setJobId("a")).build();
  private static final AttachJobRequest NEXT =
      AttachJobRequest.newBuilder().setStdinEnd(StdinEnd.getDefaultInstance()).build();

  @TempDir Path directory;
  private RpcHarness harness;
  private RawHttp2 raw;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger heard = new AtomicInteger();
  private final AtomicInteger ends = new AtomicInteger();
  private final AtomicReference<RequestStream<AttachJobRequest>> requests = new AtomicReference<>();
  private final AtomicReference<ReplyStream> replies = new AtomicReference<>();

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        new RpcLimits(
            4 << 20, Duration.ofSeconds(60), Duration.ofSeconds(1), 2, Duration.ofSeconds(60)),
        server -> server.conversation(WorkerGrpcService.AttachJob, this::converse));
    raw = new RawHttp2(harness.port(), harness.parties.party(Role.ADMIN, "anna"));
  }

  private void converse(
      Call call,
      AttachJobRequest first,
      RequestStream<AttachJobRequest> more,
      ReplyStream answers) {
    begun.incrementAndGet();
    answers.onEnd(ends::incrementAndGet);
    replies.set(answers);
    requests.set(more);
    more.handler(
            message -> {
              heard.incrementAndGet();
              answers.write(Buffer.buffer(message.toByteArray()));
            })
        .endHandler(answers::end)
        .resume();
  }

  @AfterEach
  void close() throws Exception {
    raw.close();
    harness.close();
  }

  private static byte[] frame(int flag, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flag)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private Reply exchange(byte[]... bodies) throws Exception {
    int stream = raw.open(METHOD, Map.of(), false);
    for (int i = 0; i < bodies.length; i++) {
      raw.data(stream, bodies[i], i == bodies.length - 1);
    }
    return raw.reply(stream);
  }

  private static void refused(Reply reply, int status, String reason) {
    assertThat(reply.grpcStatus()).isEqualTo(Integer.toString(status));
    assertThat(reply.details().reason()).isEqualTo(reason);
  }

  private Future<Conversation> open() {
    return harness
        .client(Role.ADMIN, "bert")
        .converse(
            harness.address(),
            RpcHarness.SCHEDULER,
            WorkerGrpcClient.AttachJob,
            FIRST,
            CallOptions.within(Duration.ofSeconds(10)));
  }

  @Test
  void everyMessageIsHeardInOrderAndTheEndAfterThem() throws Exception {
    Reply reply =
        exchange(
            frame(0, FIRST.toByteArray()),
            frame(0, NEXT.toByteArray()),
            frame(0, NEXT.toByteArray()));
    assertThat(reply.grpcStatus()).isEqualTo("0");
    assertThat(begun).hasValue(1);
    assertThat(heard).hasValue(2);
    assertThat(ends).hasValue(1);
  }

  @Test
  void aRequestWithoutAMessageOrWithHalfOneIsRefused() throws Exception {
    refused(exchange(new byte[0]), 12, "NOT_SERVED");
    byte[] first = frame(0, FIRST.toByteArray());
    refused(exchange(Arrays.copyOf(first, first.length - 1)), 12, "NOT_SERVED");
    assertThat(begun).hasValue(0);
    refused(exchange(first, Arrays.copyOf(first, 3)), 12, "NOT_SERVED");
    assertThat(heard).hasValue(0);
  }

  @Test
  void whatCannotBeReadIsRefusedAlsoLater() throws Exception {
    byte[] first = frame(0, FIRST.toByteArray());
    refused(exchange(frame(1, FIRST.toByteArray())), 13, "MALFORMED_MESSAGE");
    refused(exchange(frame(0, new byte[] {(byte) 0xff})), 13, "MALFORMED_MESSAGE");
    assertThat(begun).hasValue(0);
    refused(exchange(first, frame(1, NEXT.toByteArray())), 13, "MALFORMED_MESSAGE");
    refused(exchange(first, frame(0, new byte[] {(byte) 0xff})), 13, "MALFORMED_MESSAGE");
    refused(exchange(first, frame(0, new byte[(4 << 20) + 1])), 8, "MESSAGE_TOO_LARGE");
    assertThat(heard).hasValue(0);
    RpcHarness.await("the ends", () -> ends.get() == 3);
  }

  @Test
  void aFirstMessageThatDoesNotComeRunsOutOfTime() throws Exception {
    int stream = raw.open(METHOD, Map.of(), false);
    refused(raw.reply(stream), 4, "DEADLINE");
    assertThat(begun).hasValue(0);
  }

  @Test
  void theServerMayEndWhileTheClientCouldStillSend() throws Exception {
    Future<Conversation> opening = open();
    RpcHarness.await("the handler", () -> replies.get() != null);
    replies.get().write(Buffer.buffer());
    Conversation conversation = opening.await(10, SECONDS);
    Queue<Buffer> arrived = new ConcurrentLinkedQueue<>();
    conversation.replies().handler(arrived::add).resume();
    replies.get().end();
    conversation.replies().end().await(10, SECONDS);
    assertThat(arrived).hasSize(1);
    assertThat(conversation.write(Buffer.buffer("late"))).isIn(true, false);
  }

  @Test
  void aCallersConversationsAreCountedAsStreams() throws Exception {
    byte[] first = frame(0, FIRST.toByteArray());
    for (int i = 0; i < 2; i++) {
      int open = raw.open(METHOD, Map.of(), false);
      raw.data(open, first, false);
    }
    RpcHarness.await("two", () -> begun.get() == 2);
    refused(exchange(first), 8, "TOO_MANY_STREAMS");
  }

  @Test
  void aClientThatCancelsEndsIt() throws Exception {
    Future<Conversation> opening = open();
    RpcHarness.await("the handler", () -> replies.get() != null);
    replies.get().write(Buffer.buffer());
    Conversation conversation = opening.await(10, SECONDS);
    conversation.replies().cancel();
    RpcHarness.await("the end", () -> ends.get() == 1);
    assertThat(failure(conversation.replies().end())).isEqualTo(Reason.CANCELLED);
  }

  private static Reason failure(Future<?> future) throws Exception {
    try {
      future.await(10, SECONDS);
    } catch (ApiException e) {
      return e.reason();
    }
    throw new AssertionError("it succeeded");
  }
}
