package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Output over connections that are lost. */
final class ResumeIT {
  private static final int SIZE = 300_000;

  @TempDir Path directory;
  private FakeServer server;
  private final Random random = new Random(7);
  private final byte[] stdout = new byte[SIZE];
  private final byte[] stderr = new byte[SIZE];
  private final AtomicInteger calls = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    server = new FakeServer(directory);
    random.nextBytes(stdout);
    random.nextBytes(stderr);
    server.answer(WorkerGrpcService.StartJob, FakeJobs::started);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
  }

  /** How a stream comes to an end that is none. */
  enum Cut {
    CONNECTION,
    RESET,
    UNAVAILABLE,
    END_IN_ORDER
  }

  /** Sends both streams in pieces of any size from where the request says, up to the next cut. */
  private void send(
      StreamJobRequest request,
      GrpcServerResponse<StreamJobRequest, StreamJobResponse> response,
      Cut cut) {
    int out = (int) request.getFrom().getStdoutOffset();
    int err = (int) request.getFrom().getStderrOffset();
    boolean last = calls.incrementAndGet() > 8;
    int pieces = last ? Integer.MAX_VALUE : 1 + random.nextInt(6);
    response.write(FakeJobs.now(FakeJobs.running()));
    for (int i = 0; i < pieces && (out < SIZE || err < SIZE); i++) {
      if (out < SIZE && (err == SIZE || random.nextBoolean())) {
        int to = Math.min(SIZE, out + 1 + random.nextInt(20_000));
        response.write(piece(OutputStream.OUTPUT_STREAM_STDOUT, stdout, out, to));
        out = to;
      } else {
        int to = Math.min(SIZE, err + 1 + random.nextInt(20_000));
        response.write(piece(OutputStream.OUTPUT_STREAM_STDERR, stderr, err, to));
        err = to;
      }
    }
    if (last) {
      response.end(
          FakeJobs.last(
              FakeJobs.exited(0).toBuilder().setStdoutBytes(SIZE).setStderrBytes(SIZE).build()));
    } else {
      cut(response, cut);
    }
  }

  private static StreamJobResponse piece(OutputStream stream, byte[] bytes, int from, int to) {
    return FakeJobs.chunk(stream, from, ByteString.copyFrom(Arrays.copyOfRange(bytes, from, to)));
  }

  private void cut(GrpcServerResponse<StreamJobRequest, StreamJobResponse> response, Cut cut) {
    switch (cut) {
      case CONNECTION -> server.cut();
      case RESET -> response.cancel();
      case UNAVAILABLE -> response.status(GrpcStatus.UNAVAILABLE).statusMessage("stopping").end();
      case END_IN_ORDER -> response.end();
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void everyByteComesOnceWhateverTheCuts(Cut cut) {
    server.on(WorkerGrpcService.StreamJob, (request, response) -> send(request, response, cut));

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(calls.get()).isEqualTo(9);
    assertThat(run.out.toByteArray()).isEqualTo(stdout);
    assertThat(withoutOurs(run.err.toByteArray())).isEqualTo(stderr);
    assertThat(run.code()).isZero();
  }

  /** Our messages are whole lines that begin as no line of random bytes does. */
  private static byte[] withoutOurs(byte[] bytes) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    return text.replaceAll("orrery: lost the connection \\([^\n]*\n", "")
        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void anOutageIsToldOnce() {
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          if (calls.incrementAndGet() < 4) {
            response.write(FakeJobs.now(FakeJobs.running()));
            server.cut();
          } else {
            response.end(FakeJobs.last(FakeJobs.exited(0)));
          }
        });

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.code()).isZero();
    assertThat(run.err().lines())
        .hasSize(1)
        .allSatisfy(line -> assertThat(line).contains("trying to read on for 1m0s"));
  }

  @Test
  void aServerThatIsGoneIsGivenUpAfterTheTimeAsked() {
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> {
          response.write(FakeJobs.now(FakeJobs.running()));
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "abc"));
          server.later(
              50,
              _ -> {
                server.stopListening();
                server.cut();
              });
        });

    Invocation run = Invocation.of(server, "run", "--reconnect-timeout", "1s", "true");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.out()).isEqualTo("abc");
    assertThat(run.err())
        .contains("gave up: cannot reach 127.0.0.1:")
        .contains("to read on: orrery logs -f --offset 3,0 " + FakeJobs.ID);
  }

  @Test
  void whoDoesNotFollowMissesNothingWhenTheJobEndsMeanwhile() {
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> {
          assertThat(calls.incrementAndGet()).isEqualTo(1);
          response.write(FakeJobs.now(FakeJobs.running()));
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "abc"));
          response.end(FakeJobs.last(FakeJobs.exited(0).toBuilder().setStdoutBytes(SIZE).build()));
        });

    Invocation logs = Invocation.of(server, "logs", FakeJobs.ID);

    assertThat(logs.code()).isZero();
    assertThat(logs.out()).isEqualTo("abc");
    assertThat(logs.err()).isEmpty();
  }

  @Test
  void anErrorThatWaitingDoesNotHealEndsAtOnce() {
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> {
          if (calls.incrementAndGet() == 1) {
            response.write(FakeJobs.now(FakeJobs.running()));
            server.cut();
          } else {
            FakeServer.refuse(
                response, GrpcStatus.NOT_FOUND, "no job x", FakeServer.info("JOB_NOT_FOUND"));
          }
        });

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(calls.get()).isEqualTo(2);
    assertThat(run.code()).isEqualTo(125);
    assertThat(run.err()).endsWith("orrery: no job x; `orrery ps -a` lists yours\n");
  }

  @Test
  void theNextServerOfTheListGoesOn() throws Exception {
    try (FakeServer second = new FakeServer(directory)) {
      server.on(
          WorkerGrpcService.StreamJob,
          (_, response) -> {
            response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "abc"));
            server.later(
                50,
                _ -> {
                  server.stopListening();
                  server.cut();
                });
          });
      second.on(
          WorkerGrpcService.StreamJob,
          (request, response) -> {
            calls.set((int) request.getFrom().getStdoutOffset());
            response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 3, "def"));
            response.end(FakeJobs.last(FakeJobs.exited(0)));
          });

      Invocation run =
          new Invocation(server.environment())
              .with("ORRERY_SERVER", server.address() + "," + second.address())
              .run("run", "true");

      assertThat(run.out()).isEqualTo("abcdef");
      assertThat(calls.get()).isEqualTo(3);
      assertThat(run.code()).isZero();
    }
  }
}
