package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.TlsFiles;
import io.orrery.fleet.Fleet;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run -i}, {@code run -it} and {@code attach}, typed on a real terminal. */
final class TerminalIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static Map<String, String> environment;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    fleet.startWorker("w1");
    TlsFiles files = fleet.issue(new Identity(Role.ADMIN, "admin"));
    environment =
        Map.of(
            "ORRERY_SERVER", "127.0.0.1:" + fleet.schedulerPort(),
            "ORRERY_CA", files.ca().toString(),
            "ORRERY_CERT", files.cert().toString(),
            "ORRERY_KEY", files.key().toString(),
            "HOME", home.toString());
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  @Test
  void aShellOnAnotherMachineIsTypedOnAsHere() throws Exception {
    try (Typist typist = new Typist(environment)) {
      typist.line("orrery run -it -e PS1='rem''ote> ' -- sh");
      typist.awaitShown("remote> ");
      typist.line("stty size; echo term $TERM; tty");
      typist.awaitShown("30 100\r\nterm dumb\r\n/dev/");
      typist.resize(40, 120);
      typist.line("sleep 0.5; until stty size | grep 120; do sleep 0.1; done");
      typist.awaitShown("40 120");
      typist.line("echo sleeping; sleep 1000");
      typist.awaitShown("\nsleeping");
      typist.type("\003");
      typist.line("echo still $((40 + 2))");
      typist.awaitShown("still 42");
      typist.line("exit 9");
      typist.awaitPrompt();
      typist.line("echo code $?; stty -a | grep -o -- '-*icanon'; stty -a | grep -o -- '-*echo '");
      typist.awaitShown("code 9\r\nicanon\r\necho");
    }
  }

  @Test
  void whileTheJobWaitsForAWorkerControlCIsOurs() throws Exception {
    Fleet.Node busy =
        fleet.startWorker(
            "busy",
            new JsonObject().put("slots", 1).put("labels", new JsonObject().put("place", "busy")));
    Invocation start =
        new Invocation(environment).run("start", "-l", "place=busy", "--", "sleep", "300");
    try (Typist typist = new Typist(environment)) {
      typist.line("orrery run -it -l place=busy -- sh");
      typist.awaitShown(" waits for a worker; to see why: orrery explain ");
      typist.type("\003");
      typist.awaitShown("Ctrl-C again within 2s stops");
      typist.type("\003");
      typist.awaitShown("was stopped");
      typist.awaitPrompt();
      typist.line("echo code $?");
      typist.awaitShown("code 125\r\n");
    }
    new Invocation(environment).run("stop", start.out().strip());
    fleet.stop(busy.running());
  }

  @Test
  void whoLeavesCanComeBackToTheSameShell() throws Exception {
    try (Typist typist = new Typist(environment)) {
      typist.line("orrery run -it -e PS1='rem''ote> ' -- sh");
      typist.awaitShown("remote> ");
      typist.line("mine=kept");
      typist.type("~?");
      typist.awaitShown("~. leaves");
      typist.type("\r~.");
      typist.awaitShown("left; the job goes on, to return: orrery attach ");
      typist.awaitPrompt();
      typist.line("echo code $?; stty -a | grep -o -- '-*icanon'");
      typist.awaitShown("code 125\r\nicanon");

      typist.line("orrery attach last");
      typist.line("echo again $mine");
      typist.awaitShown("again kept");
      typist.line("exit 4");
      typist.awaitPrompt();
      typist.line("echo code $?");
      typist.awaitShown("code 4\r\n");
    }
  }

  @Test
  void aTerminalIsGivenBackAlsoWhenTheCommandIsTerminated() throws Exception {
    try (Typist typist = new Typist(environment)) {
      typist.line("orrery run -it -e PS1='rem''ote> ' -- sh");
      typist.awaitShown("remote> ");
      typist.command().destroy();
      typist.awaitPrompt();
      typist.line("echo code $?; stty -a | grep -o -- '-*icanon'");
      typist.awaitShown("code 143\r\nicanon");
      typist.line("orrery stop last");
    }
  }

  @Test
  void theEndOfWhatIsTypedEndsAPlainInput() throws Exception {
    try (Typist typist = new Typist(environment)) {
      typist.line("orrery run -i -- sed -u s/q/Q/");
      typist.line("quiet");
      typist.awaitShown("Quiet");
      typist.type("\004");
      typist.awaitPrompt();
      typist.line("echo code $?");
      typist.awaitShown("code 0\r\n");
    }
  }

  @Test
  void aPipeIsPassedOnByteForByte() {
    byte[] bytes = new byte[3_000_000];
    new Random(3).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Invocation run =
        new Invocation(environment).stdin(bytes).stdout(out).run("run", "-i", "--", "cat");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aWorkersRestartIsBridgedWithoutALostOrDoubledByte() throws Exception {
    JsonObject separate = new JsonObject().put("runner", "process");
    Fleet.Node node = fleet.startWorker("w2", separate);
    byte[] bytes = new byte[2_000_000];
    new Random(5).nextBytes(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PipedOutputStream typed = new PipedOutputStream();
    Invocation run =
        new Invocation(environment).stdin(new PipedInputStream(typed, 64 << 10)).stdout(out);
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> run.run("run", "-i", "-w", "w2", "--", "cat").code(), Thread::startVirtualThread);
    typed.write(bytes, 0, 1_000_000);
    Fleet.eventually("some came back", () -> out.size() > 100_000);
    fleet.stop(node.running());
    Fleet.Node again = fleet.startWorker("w2", separate);
    typed.write(bytes, 1_000_000, 1_000_000);
    typed.close();

    assertThat(code.get(60, TimeUnit.SECONDS)).as(run.err()).isZero();
    assertThat(run.err()).contains("lost the connection");
    assertThat(out.toByteArray()).isEqualTo(bytes);
    // No other test's job is to outlive the tests in its runner.
    fleet.stop(again.running());
  }

  @Test
  void withoutATerminalThereIsNoneForTheJobAndThatIsSaid() {
    Invocation run =
        new Invocation(environment)
            .stdin("in".getBytes(StandardCharsets.UTF_8))
            .run("run", "-it", "--", "sh", "-c", "cat; test -t 0 && echo tty");

    assertThat(run.err()).contains("the job gets no terminal, since our standard input is none");
    assertThat(run.out()).isEqualTo("in");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void aJobOfStartIsAttachedToLater() {
    Invocation start = new Invocation(environment).run("start", "-i", "--", "cat");
    String id = start.out().strip();
    Invocation attach =
        new Invocation(environment)
            .stdin("late".getBytes(StandardCharsets.UTF_8))
            .run("attach", id);

    assertThat(attach.code()).as(attach.err()).isZero();
    assertThat(attach.out()).isEqualTo("late");
  }

  @Test
  void anInputIsForOneJobAndFromOnePlace() {
    assertThat(new Invocation(environment).run("run", "-i", "--array", "1-2", "--", "cat").err())
        .contains("-i and -it are for one job");
    assertThat(new Invocation(environment).run("run", "-i", "--stdin", "-", "--", "cat").err())
        .contains("-i and -it exclude --script and --stdin");
  }
}
