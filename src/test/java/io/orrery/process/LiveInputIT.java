package io.orrery.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.process.InputState.Status;
import io.orrery.process.StreamSetup.WindowSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes and terminals that a runner feeds, under both runners. */
final class LiveInputIT {
  private static final StreamSetup PIPE = new StreamSetup(false, true, null);
  private static final StreamSetup TERMINAL = new StreamSetup(false, false, new WindowSize(24, 80));

  /** Larger than what a pipe holds. */
  private static final int MUCH = 300_000;

  @TempDir Path directory;
  private Runner runner;

  enum Kind {
    EMBEDDED,
    PROCESS
  }

  private Runner open(Kind kind) throws IOException {
    runner =
        switch (kind) {
          case EMBEDDED -> new EmbeddedRunner();
          case PROCESS -> new ProcessRunner(directory, "test", Duration.ofMillis(200));
        };
    return runner;
  }

  @AfterEach
  void endAll() {
    runner.killAll(Duration.ZERO).orTimeout(30, SECONDS).join();
    runner.close();
  }

  private record Running(JobSetup setup, LiveInput input, CompletableFuture<Exit> exit) {
    int code() throws Exception {
      return ((Exit.Cause.Exited) exit.get(30, SECONDS).cause()).code();
    }

    void awaitOutput(String text) throws Exception {
      RunnerFixture.await(() -> setup.stdout().contains(text));
    }
  }

  private Running start(StreamSetup streams, String... argv) throws Exception {
    JobSetup setup = new JobSetup(directory, argv);
    setup.streams = streams;
    setup.environment.put("TERM", "dumb");
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    RunnerFixture.started(runner.start(setup.launch(), exit::complete));
    return new Running(setup, runner.input(setup.jobId), exit);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Gives all of it at the job's pace; answers with how often there was no room. */
  private static int feedAll(LiveInput input, byte[] all) throws Exception {
    int waits = 0;
    InputState state = input.feed(0, new byte[0]);
    while (state.offset() < all.length) {
      int from = (int) state.offset();
      byte[] piece = new byte[Math.min(64 << 10, all.length - from)];
      System.arraycopy(all, from, piece, 0, piece.length);
      state = input.feed(from, piece);
      assertThat(state.status()).isEqualTo(Status.OPEN);
      if (!state.room()) {
        waits++;
        state = input.whenRoom().get(30, SECONDS);
      }
    }
    return waits;
  }

  @ParameterizedTest
  @EnumSource
  void bytesArriveOnceAndThenTheEnd(Kind kind) throws Exception {
    open(kind);
    Running cat = start(PIPE, "/bin/cat");

    assertThat(cat.input.feed(0, bytes("abc"))).isEqualTo(new InputState(3, true, Status.OPEN));
    assertThat(cat.input.feed(1, bytes("bcd")).offset()).isEqualTo(4);
    assertThat(cat.input.feed(0, bytes("ab")).offset()).isEqualTo(4);
    assertThatThrownBy(() -> cat.input.feed(5, bytes("x"))).hasMessageContaining("missing");
    assertThat(cat.input.end().status()).isEqualTo(Status.ENDED);

    assertThat(cat.code()).isZero();
    assertThat(cat.setup.stdout()).isEqualTo("abcd");
    assertThat(cat.input.feed(4, bytes("late")).status()).isNotEqualTo(Status.OPEN);
    assertThat(runner.input(cat.setup.jobId).end().status()).isEqualTo(Status.CLOSED);
  }

  @ParameterizedTest
  @EnumSource
  void aJobThatDoesNotReadIsWaitedForAndGetsEveryByte(Kind kind) throws Exception {
    open(kind);
    byte[] all = new byte[MUCH];
    new Random(1).nextBytes(all);
    Path go = directory.resolve("go");
    Running job =
        start(PIPE, "/bin/sh", "-c", "while ! [ -e " + go + " ]; do sleep 0.05; done; sha256sum");

    InputState full = job.input.feed(0, all);
    assertThat(full.room()).isFalse();
    assertThat(full.offset()).isBetween(1L, (long) MUCH - 1);
    CompletableFuture<InputState> room = job.input.whenRoom();
    assertThat(job.input.feed(full.offset(), new byte[0]).offset()).isEqualTo(full.offset());
    assertThat(room).isNotDone();

    Files.createFile(go);
    assertThat(room.get(30, SECONDS).room()).isTrue();
    feedAll(job.input, all);
    job.input.end();
    assertThat(job.code()).isZero();
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    assertThat(job.setup.stdout()).startsWith(expected);
  }

  @ParameterizedTest
  @EnumSource
  void aJobThatClosesItsInputIsNotFedAndEndsAsItWants(Kind kind) throws Exception {
    open(kind);
    Running job = start(PIPE, "/bin/sh", "-c", "exec <&-; echo closed; sleep 60");
    job.awaitOutput("closed");

    assertThat(job.input.feed(0, bytes("x")).status()).isEqualTo(Status.CLOSED);
    assertThat(job.input.whenRoom().get(5, SECONDS).status()).isEqualTo(Status.CLOSED);
    assertThat(job.exit).isNotDone();
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsForRoomIsToldOfTheEnd(Kind kind) throws Exception {
    open(kind);
    Running job = start(PIPE, "/bin/sh", "-c", "exec sleep 60");
    job.input.feed(0, new byte[MUCH]);
    CompletableFuture<InputState> room = job.input.whenRoom();

    runner.stop(job.setup.jobId, 9, Duration.ZERO).get(30, SECONDS);

    InputState told = room.get(30, SECONDS);
    // What was watched is the pipe: the next bytes say that nobody reads it.
    assertThat(told.status() == Status.OPEN ? job.input.feed(0, new byte[MUCH]) : told)
        .extracting(InputState::status)
        .isEqualTo(Status.CLOSED);
  }

  @ParameterizedTest
  @EnumSource
  void aTerminalIsTheJobsControllingOneAndOfTheSizeAskedFor(Kind kind) throws Exception {
    open(kind);
    Running job =
        start(
            TERMINAL,
            "/bin/sh",
            "-c",
            "tty; stty size; trap 'stty size; exit 3' WINCH;"
                + " echo ready >/dev/tty; while :; do sleep 0.05; done");
    job.awaitOutput("ready");

    job.input.resize(new WindowSize(40, 132));

    assertThat(job.code()).isEqualTo(3);
    assertThat(job.setup.stdout()).contains("/dev/pts/", "24 80", "40 132");
    assertThat(Files.exists(job.setup.directory.resolve("stderr"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTypedIsEchoedAndInterrupts(Kind kind) throws Exception {
    open(kind);
    Running job =
        start(
            TERMINAL,
            "/bin/sh",
            "-c",
            "trap 'exit 7' INT; echo ready; read x; echo got $x; read y");
    job.awaitOutput("ready");

    job.input.feed(0, bytes("hello\r"));
    job.awaitOutput("got hello");
    job.input.feed(6, new byte[] {3});

    assertThat(job.code()).isEqualTo(7);
    assertThat(job.setup.stdout()).contains("hello\r\n").contains("^C");
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfATerminalsInputIsTheCharacterForIt(Kind kind) throws Exception {
    open(kind);
    Running job = start(TERMINAL, "/bin/cat");
    job.input.feed(0, bytes("a\r"));

    assertThat(job.input.end().status()).isEqualTo(Status.ENDED);

    assertThat(job.code()).isZero();
    assertThat(job.setup.stdout()).isEqualTo("a\r\na\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void nothingOfATerminalsLastOutputIsLost(Kind kind) throws Exception {
    open(kind);
    for (int i = 0; i < 20; i++) {
      Running job = start(TERMINAL, "/usr/bin/seq", "1", "20000");

      assertThat(job.code()).isZero();
      assertThat(job.setup.stdout().lines().count()).isEqualTo(20_000);
      assertThat(job.setup.stdout()).endsWith("20000\r\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aProgramThatCannotBeStartedLeavesNoDescriptors(Kind kind) throws Exception {
    open(kind);
    long before = descriptors();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> start(TERMINAL, "/nowhere")).isInstanceOf(StartFailure.class);
      assertThatThrownBy(() -> start(PIPE, "/nowhere")).isInstanceOf(StartFailure.class);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(start(TERMINAL, "/bin/true").code()).isZero();
      assertThat(start(PIPE, "/bin/true").code()).isZero();
    }
    RunnerFixture.await(() -> descriptors() < before + 15);
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
