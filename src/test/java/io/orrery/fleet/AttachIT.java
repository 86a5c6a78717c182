package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StdinCloseReason;
import io.orrery.v1.StdinMode;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamPosition;
import io.orrery.v1.Terminal;
import io.orrery.v1.TerminalSize;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live input and terminals of jobs, through the scheduler and at the worker itself. */
final class AttachIT {
  private static final int WINDOW = 256 << 10;
  private static final int MUCH = 64 << 20;

  @TempDir static Path home;
  private static Fleet fleet;
  private static Fleet.Node worker;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    worker = fleet.startWorker("w1", new JsonObject().put("runner", "process"));
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static StartJobRequest.Builder sh(String script) {
    return StartJobRequest.newBuilder().setCommand("sh").addAllArgs(List.of("-c", script));
  }

  private static String startLive(String script) throws Exception {
    return start(fleet.admin(), sh(script).setStdinMode(StdinMode.STDIN_MODE_LIVE));
  }

  private static String startTerminal(String script) throws Exception {
    return start(
        fleet.admin(),
        sh(script)
            .setTerminal(
                Terminal.newBuilder()
                    .setSize(TerminalSize.newBuilder().setRows(30).setColumns(100))));
  }

  private static String start(RpcClient client, StartJobRequest.Builder request) throws Exception {
    return fleet.call(client, WorkerGrpcClient.StartJob, request.build()).getJobId();
  }

  private static AttachStart.Builder to(String jobId) {
    return AttachStart.newBuilder().setJobId(jobId);
  }

  private static Attached attach(AttachStart.Builder start) throws Exception {
    return attach(fleet.admin(), start);
  }

  private static Attached attach(RpcClient client, AttachStart.Builder start) throws Exception {
    return Attached.open(fleet, fleet.schedulerPort(), client, start.build());
  }

  private static void stopJob(String jobId) throws Exception {
    fleet.call(
        fleet.admin(),
        WorkerGrpcClient.StopJob,
        StopJobRequest.newBuilder().setJobId(jobId).setSignal(9).build());
  }

  private static void refused(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  /** A worker with one slot, that a job has. */
  private record Busy(Fleet.Node node, String selector, String jobId) {
    static Busy start(String name) throws Exception {
      JsonObject options =
          new JsonObject().put("slots", 1).put("labels", new JsonObject().put("place", name));
      Fleet.Node node = fleet.startWorker(name, options);
      String selector = "place=" + name;
      String jobId = AttachIT.start(fleet.admin(), sh("exec sleep 300").setSelector(selector));
      return new Busy(node, selector, jobId);
    }

    /** A job that waits until the worker has room, and takes input then. */
    String startCat() throws Exception {
      return AttachIT.start(
          fleet.admin(), sh("cat").setStdinMode(StdinMode.STDIN_MODE_LIVE).setSelector(selector));
    }
  }

  @Test
  void aJobThatWaitsForAWorkerSaysSoAndTakesInputWhenItHasOne() throws Exception {
    Busy busy = Busy.start("busy1");
    String cat = busy.startCat();
    Attached client = attach(to(cat));
    client.awaitState(JobState.JOB_STATE_QUEUED);
    assertThat(client.arrived()).isEqualTo(-1);
    stopJob(busy.jobId());
    client.awaitArrived(0);
    client.type("late\n");
    client.endStdin();

    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout()).isEqualTo("late\n");
    fleet.stop(busy.node().running());
  }

  @Test
  void aJobThatIsStoppedWhileItWaitsEndsTheCallInOrder() throws Exception {
    Busy busy = Busy.start("busy2");
    String cat = busy.startCat();
    Attached client = attach(to(cat));
    client.awaitState(JobState.JOB_STATE_QUEUED);
    stopJob(cat);

    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    stopJob(busy.jobId());
    fleet.stop(busy.node().running());
  }

  @Test
  void whatIsSentArrivesAndTheFinalJobIsTheLastMessage() throws Exception {
    String cat = startLive("cat");
    Attached client = attach(to(cat));
    client.awaitArrived(0);
    client.type("one\n");
    client.awaitOutput("one");
    client.type("two\n");
    client.awaitArrived(8);
    client.endStdin();

    Job end = client.awaitEnd();
    assertThat(end.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout()).isEqualTo("one\ntwo\n");
    client.awaitClosed(StdinCloseReason.STDIN_CLOSE_REASON_ENDED);
  }

  @Test
  void aJobThatSleepsStopsTheClientAndThenGetsEveryByte() throws Exception {
    byte[] all = new byte[MUCH];
    new Random(7).nextBytes(all);
    Path go = home.resolve("go");
    String job = startLive("while ! [ -e " + go + " ]; do sleep 0.05; done; sha256sum");
    Attached client = attach(to(job));
    client.awaitArrived(0);
    int sent = 0;
    long quietSince = System.nanoTime();
    while (System.nanoTime() - quietSince < 500_000_000L) {
      int before = sent;
      sent = sendAllowed(client, all, sent);
      quietSince = sent == before ? quietSince : System.nanoTime();
      Thread.onSpinWait();
    }
    assertThat(client.arrived()).isLessThan(WINDOW);
    assertThat(sent).isLessThan(3 * WINDOW);

    Files.createFile(go);
    while (sent < all.length) {
      sent = sendAllowed(client, all, sent);
      Thread.yield();
    }
    client.endStdin();
    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(all);
    assertThat(client.stdout()).startsWith(HexFormat.of().formatHex(digest));
  }

  private static int sendAllowed(Attached client, byte[] all, int sent) {
    int end = (int) Math.min(all.length, client.arrived() + WINDOW);
    int now = sent;
    while (now < end) {
      int length = Math.min(64 << 10, end - now);
      client.stdin(Arrays.copyOfRange(all, now, now + length));
      now += length;
    }
    return now;
  }

  @Test
  void aLostConnectionLeavesTheJobAndAttachingAgainGoesOnWithoutADoubledByte() throws Exception {
    String cat = startLive("cat");
    Attached first = attach(to(cat).setStdinOffset(0));
    first.type("abc");
    first.awaitOutput("abc");
    first.cancel();

    Attached second = attach(to(cat).setStdinOffset(1));
    second.type("bcd"); // as a client that has heard of one byte alone
    second.awaitOutput("abcd");
    second.cancel();

    Attached third = attach(to(cat).setFrom(StreamPosition.newBuilder().setStdoutOffset(3)));
    third.awaitArrived(4);
    third.type("e");
    third.endStdin();
    assertThat(third.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(third.stdout()).isEqualTo("de");
  }

  @Test
  void whoAttachesLastHasTheInputAndTheOneBeforeReadsOn() throws Exception {
    String cat = startLive("cat");
    Attached first = attach(to(cat));
    first.awaitArrived(0);
    first.type("a");
    first.awaitOutput("a");
    Attached second = attach(to(cat));
    second.awaitArrived(1);
    first.awaitClosed(StdinCloseReason.STDIN_CLOSE_REASON_TAKEN_OVER);
    first.type("dropped");
    second.type("b");
    first.awaitOutput("ab");
    first.endStdin();
    second.type("c");
    second.endStdin();

    assertThat(first.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(second.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(first.stdout()).isEqualTo("abc");
    assertThat(second.stdout()).isEqualTo("abc");
  }

  @Test
  void aClientCanTakeOverFromOneWhoseBytesWaitForTheJob() throws Exception {
    String job = startLive("sleep 60");
    Attached first = attach(to(job));
    first.awaitArrived(0);
    first.stdin(new byte[WINDOW]);
    first.awaitArrived(1);
    Attached second = attach(to(job));
    second.awaitArrived(first.arrived());
    first.awaitClosed(StdinCloseReason.STDIN_CLOSE_REASON_TAKEN_OVER);
    stopJob(job);
    assertThat(second.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
  }

  @Test
  void aJobThatEndsWhileItIsSentInputEndsTheCallInOrder() throws Exception {
    String job = startLive("head -c 3; exit 5");
    Attached client = attach(to(job));
    client.awaitArrived(0);
    for (int i = 0; i < 100 && !client.end().isComplete(); i++) {
      client.type("x".repeat(1000));
    }
    assertThat(client.awaitEnd().getEnd().getExitCode()).isEqualTo(5);
    assertThat(client.stdout()).isEqualTo("xxx");

    Attached late = attach(to(job));
    late.type("late");
    assertThat(late.awaitEnd().getEnd().getExitCode()).isEqualTo(5);
  }

  @Test
  void aJobThatClosesItsInputSaysSoAndRunsOn() throws Exception {
    String job = startLive("exec <&-; echo closed; while :; do sleep 0.05; done");
    Attached client = attach(to(job));
    client.awaitOutput("closed");
    client.type("x");
    client.awaitClosed(StdinCloseReason.STDIN_CLOSE_REASON_CLOSED);
    client.type("dropped");
    stopJob(job);
    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
  }

  @Test
  void aJobWithoutALiveInputIsOnlyRead() throws Exception {
    String job = start(fleet.admin(), sh("echo hi; sleep 0.3; cat"));
    Attached client = attach(to(job));
    client.awaitClosed(StdinCloseReason.STDIN_CLOSE_REASON_NOT_LIVE);
    client.type("dropped");
    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout()).isEqualTo("hi\n");
  }

  @Test
  void theEndOfTheRequestIsNotTheEndOfTheInput() throws Exception {
    String job = startLive("cat; echo over");
    Attached client = attach(to(job));
    client.type("a\n");
    client.awaitOutput("a");
    client.endRequest();
    Attached next = attach(to(job));
    next.awaitArrived(2);
    assertThat(client.stdout()).isEqualTo("a\n");
    next.endStdin();
    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout()).isEqualTo("a\nover\n");
  }

  @Test
  void wrongMessagesAreRefused() throws Exception {
    String job = startLive("cat");
    refused(
        Reason.INVALID_REQUEST,
        () ->
            Attached.send(
                fleet,
                worker.port(),
                fleet.admin(),
                AttachJobRequest.newBuilder()
                    .setResize(TerminalSize.newBuilder().setRows(1))
                    .build()));
    refused(Reason.INVALID_REQUEST, () -> attach(to("")));
    refused(Reason.INVALID_REQUEST, () -> attach(to(job).setStdinOffset(-1)));
    refused(Reason.JOB_NOT_FOUND, () -> attach(to("00000000-0000-4000-8000-000000000000")));
    Attached beyond = attach(to(job).setStdinOffset(5));
    refused(Reason.OFFSET_PAST_END, beyond::awaitEnd);
    Attached twice = attach(to(job));
    twice.send(AttachJobRequest.newBuilder().setStart(to(job)).build());
    refused(Reason.INVALID_REQUEST, twice::awaitEnd);
    Attached flat = attach(to(job));
    flat.resize(0, 80);
    refused(Reason.INVALID_REQUEST, flat::awaitEnd);
    stopJob(job);
  }

  @Test
  void whoSendsMoreThanThereIsRoomForIsCutOff() throws Exception {
    String job = startLive("sleep 60");
    Attached client = attach(to(job));
    client.awaitArrived(0);
    for (int i = 0; i < 6; i++) {
      client.stdin(new byte[100_000]);
    }
    refused(Reason.STDIN_OVERRUN, client::awaitEnd);
    stopJob(job);
  }

  @Test
  void anOperatorAttachesToItsOwnJobsAloneAndAViewerToNone() throws Exception {
    RpcClient anna = fleet.client(Role.OPERATOR, "anna");
    RpcClient bert = fleet.client(Role.OPERATOR, "bert");
    RpcClient viewer = fleet.client(Role.VIEWER, "vera");
    String job = start(anna, sh("cat").setStdinMode(StdinMode.STDIN_MODE_LIVE));

    refused(Reason.JOB_NOT_FOUND, () -> attach(bert, to(job)));
    refused(Reason.ROLE_NOT_ALLOWED, () -> attach(viewer, to(job)));
    refused(
        Reason.JOB_NOT_FOUND,
        () -> Attached.open(fleet, worker.port(), bert, to(job).build()).awaitEnd());

    Attached own = attach(anna, to(job));
    own.endStdin();
    assertThat(own.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
  }

  @Test
  void aClientThatGoesIsGoneAtTheWorkerToo() throws Exception {
    String job = startLive("cat");
    try (LogLines access = new LogLines("orrery.access")) {
      Attached client = attach(to(job));
      client.awaitArrived(0);
      client.cancel();
      Fleet.eventually(
          "the worker hears of it",
          () ->
              !access
                  .with("AttachJob", "peer=spiffe://orrery/scheduler/", "status=CANCELLED")
                  .isEmpty());
    }
    stopJob(job);
  }

  @Test
  void aTerminalIsTypedOnAndResized() throws Exception {
    String job = startTerminal("stty size; echo $TERM; read line; stty size; echo got $line");
    Attached client = attach(to(job));
    client.awaitOutput("30 100");
    client.resize(41, 99);
    client.type("hello\r");

    assertThat(client.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout())
        .isEqualTo("30 100\r\nxterm-256color\r\nhello\r\n41 99\r\ngot hello\r\n");
  }

  @Test
  void aTerminalsInterruptIsACharacterAndItsEndToo() throws Exception {
    String job = startTerminal("trap 'echo int' INT; cat; cat; exit 4");
    Attached client = attach(to(job));
    client.awaitArrived(0);
    client.type("a\r");
    client.awaitOutput("a\r\na\r\n");
    client.type("\003");
    client.awaitOutput("int");
    client.type("b\r");
    client.awaitOutput("b\r\nb\r\n");
    client.endStdin();

    assertThat(client.awaitEnd().getEnd().getExitCode()).isEqualTo(4);
  }

  @Test
  void aTerminalExcludesAnInputThatCameWithTheRequest() {
    refused(
        Reason.INVALID_REQUEST,
        () ->
            start(
                fleet.admin(),
                sh("cat")
                    .setTerminal(Terminal.getDefaultInstance())
                    .setStdinMode(StdinMode.STDIN_MODE_BYTES)));
  }

  @Test
  void aWorkersRestartLosesNoByteInEitherDirection() throws Exception {
    JsonObject separate = new JsonObject().put("runner", "process");
    Fleet.Node node = fleet.startWorker("w2", separate);
    String job =
        start(
            fleet.admin(),
            sh("cat").setStdinMode(StdinMode.STDIN_MODE_LIVE).setWorkerId(node.id()));
    String tty =
        start(
            fleet.admin(),
            sh("while read x; do echo got $x; done")
                .setTerminal(Terminal.getDefaultInstance())
                .setWorkerId(node.id()));
    StringBuilder expected = new StringBuilder();
    Attached client = attach(to(job).setStdinOffset(0));
    Attached typist = attach(to(tty));
    typist.awaitArrived(0);
    typist.type("one\r");
    typist.awaitOutput("got one");
    for (int i = 0; i < 1000; i++) {
      client.type(i + "\n");
      expected.append(i).append('\n');
    }
    client.awaitArrived(1);
    fleet.stop(node.running());
    refused(Reason.DRAINING, client::awaitEnd);
    long known = client.arrived();
    fleet.startWorker("w2", separate);

    Attached again =
        attach(
            to(job)
                .setStdinOffset(known)
                .setFrom(StreamPosition.newBuilder().setStdoutOffset(client.stdout().length())));
    again.type(expected.substring((int) known));
    again.type("last\n");
    again.endStdin();
    assertThat(again.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(client.stdout() + again.stdout()).isEqualTo(expected + "last\n");

    Attached typistAgain = attach(to(tty));
    typistAgain.awaitArrived(4);
    typistAgain.type("two\r");
    typistAgain.awaitOutput("got two");
    typistAgain.endStdin();
    assertThat(typistAgain.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(typistAgain.stdout()).isEqualTo("one\r\ngot one\r\ntwo\r\ngot two\r\n");
  }
}
