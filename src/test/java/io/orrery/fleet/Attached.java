package io.orrery.fleet;

import com.google.protobuf.ByteString;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.Conversation;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachJobResponse;
import io.orrery.v1.AttachStart;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StdinCloseReason;
import io.orrery.v1.StdinEnd;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.TerminalSize;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client that is attached to a job, and what it has heard. */
public final class Attached {
  private final Context context;
  private final Conversation conversation;
  private final Future<Void> end;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private volatile long arrived = -1;
  private volatile @Nullable StdinCloseReason closed;
  private volatile @Nullable Job job;
  private volatile @Nullable Job finalJob;

  private Attached(Context context, Conversation conversation) {
    this.context = context;
    this.conversation = conversation;
    this.end = conversation.replies().end();
    conversation.replies().handler(this::take);
    conversation.replies().resume();
  }

  /** Attaches at any server, on a context of its own. */
  public static Attached open(Fleet fleet, int port, RpcClient client, AttachStart start)
      throws Exception {
    return send(fleet, port, client, AttachJobRequest.newBuilder().setStart(start).build());
  }

  /** Begins with whatever message. */
  public static Attached send(Fleet fleet, int port, RpcClient client, AttachJobRequest first)
      throws Exception {
    Context context = fleet.vertx().getOrCreateContext();
    Promise<Attached> opened = Promise.promise();
    context.runOnContext(
        _ ->
            client
                .converse(
                    fleet.address(port),
                    _ -> true,
                    WorkerGrpcClient.AttachJob,
                    first,
                    CallOptions.within(Duration.ofSeconds(10)))
                .map(conversation -> new Attached(context, conversation))
                .onComplete(opened));
    return Fleet.await(opened.future());
  }

  private synchronized void take(Buffer message) {
    try {
      AttachJobResponse response = AttachJobResponse.parseFrom(message.getBytes());
      switch (response.getEventCase()) {
        case OUTPUT -> take(response.getOutput());
        case STDIN_OFFSET -> arrived = response.getStdinOffset();
        case STDIN_CLOSED -> closed = response.getStdinClosed().getReason();
        case EVENT_NOT_SET -> throw new IllegalStateException("an empty message");
      }
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(StreamJobResponse output) throws java.io.IOException {
    if (output.hasChunk()) {
      output.getChunk().getData().writeTo(stdout);
    } else if (output.hasFinalJob()) {
      finalJob = output.getFinalJob();
    } else if (output.hasJob()) {
      job = output.getJob();
    }
  }

  public void send(AttachJobRequest message) {
    context.runOnContext(_ -> conversation.write(Buffer.buffer(message.toByteArray())));
  }

  public void stdin(byte[] bytes) {
    send(AttachJobRequest.newBuilder().setStdin(ByteString.copyFrom(bytes)).build());
  }

  public void type(String text) {
    stdin(text.getBytes(StandardCharsets.UTF_8));
  }

  public void endStdin() {
    send(AttachJobRequest.newBuilder().setStdinEnd(StdinEnd.getDefaultInstance()).build());
  }

  public void resize(int rows, int columns) {
    send(
        AttachJobRequest.newBuilder()
            .setResize(TerminalSize.newBuilder().setRows(rows).setColumns(columns))
            .build());
  }

  /** Says that nothing more is sent. */
  public void endRequest() {
    context.runOnContext(_ -> conversation.endRequest());
  }

  /** Goes away without a word. */
  public void cancel() {
    conversation.replies().cancel();
  }

  public void awaitState(JobState state) throws Exception {
    Fleet.eventually(
        "the job is " + state,
        () -> {
          Job told = job;
          return told != null && told.getState() == state;
        });
  }

  /** How many bytes are said to have arrived; -1 before the first word of it. */
  public long arrived() {
    return arrived;
  }

  public void awaitArrived(long offset) throws Exception {
    Fleet.eventually(offset + " bytes have arrived", () -> arrived >= offset);
  }

  public void awaitOutput(String text) throws Exception {
    Fleet.eventually("output has " + text, () -> stdout().contains(text));
  }

  public void awaitClosed(StdinCloseReason reason) throws Exception {
    Fleet.eventually("the input is closed: " + reason, () -> closed == reason);
  }

  public synchronized String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  /** The final job, at the end of the call. */
  public Job awaitEnd() throws Exception {
    Fleet.await(end);
    Job job = finalJob;
    if (job == null) {
      throw new AssertionError("the call ended without the final job");
    }
    return job;
  }

  public Future<Void> end() {
    return end;
  }
}
