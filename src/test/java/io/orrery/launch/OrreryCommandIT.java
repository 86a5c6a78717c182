package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.launch.Program.Begun;
import io.orrery.launch.Program.Ran;
import io.orrery.posix.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code bin/orrery} as people use it, against a scheduler and a worker in processes of their own.
 */
final class OrreryCommandIT {
  private static final long MINUTES = 3;

  @TempDir private static Path directory;
  private static Home home;
  private static int schedulerPort;
  private static Launched worker;
  private static Caller admin;

  @BeforeAll
  static void start() throws Exception {
    home = Home.withCertificates(directory);
    schedulerPort = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0)).port();
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, schedulerPort));
    int workerPort = worker.port();
    Files.writeString(home.resolve("scripts/hello.sh"), "echo hello $1\n");
    admin = new Caller(home.tls("admin"), schedulerPort);
    admin.awaitOnline(workerPort);
  }

  @AfterAll
  static void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private static Begun begin(String... arguments) throws IOException {
    return new Program(directory, schedulerPort).begin(arguments);
  }

  private static Ran orrery(String... arguments) throws Exception {
    return begin(arguments).end();
  }

  @Test
  void theScriptOfTheScriptsFolderPrintsAndEndsWithItsCode() throws Exception {
    Ran ran = orrery("run", "--path", "hello.sh", "bash", "wörld");

    assertThat(ran.text()).isEqualTo("hello wörld\n");
    assertThat(ran.errors()).isEmpty();
    assertThat(ran.code()).isZero();
  }

  @Test
  void aWorkerIsDrainedAndResumedByItsName() throws Exception {
    String name = admin.worker().orElseThrow().getWorker().getName();

    Ran drained = orrery("workers", "drain", name, "--reason", "new disk", "--wait");
    assertThat(drained.errors()).isEmpty();
    assertThat(drained.text()).isEqualTo(name + " DRAINING (drained: new disk; running 0)\n");
    assertThat(orrery("workers").text())
        .containsPattern("DRAINING since [-0-9T:]+Z \\(drained: new disk; running 0\\)");
    Ran waited = orrery("run", "--queue-timeout", "1s", "--", "true");
    assertThat(waited.code()).isEqualTo(124);
    assertThat(waited.errors()).contains("waits for a worker").contains("was never started");

    Ran resumed = orrery("workers", "resume", name);
    assertThat(resumed.text()).isEqualTo(name + " ONLINE\n");
    assertThat(resumed.code()).isZero();
    assertThat(orrery("workers", "drain", "nobody").errors()).contains("there is no worker");
    assertThat(orrery("workers", "drain").code()).isEqualTo(125);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exit 0            | 0",
        "exit 7            | 7",
        "exit 255          | 255",
        "kill -KILL $$     | 137",
        "kill -SEGV $$     | 139",
        "exec nix-da       | 127",
      })
  void theExitCodeIsThatOfTheJob(String script, int code) throws Exception {
    assertThat(orrery("run", "--", "bash", "-c", script).code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"nix-da,127", "/tmp,126", "/etc/passwd,126"})
  void whatCannotBeStartedIsTold(String command, int code) throws Exception {
    Ran ran = orrery("run", "--", command);

    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.errors()).startsWith("orrery: cannot start").contains(command);
  }

  @Test
  void aTimeoutIsCode124() throws Exception {
    assertThat(orrery("run", "-t", "300ms", "--", "sleep", "100").code()).isEqualTo(124);
  }

  @Test
  void sixtyFourMebibytesOfRandomBytesArriveExactly() throws Exception {
    byte[] bytes = new byte[64 << 20];
    new Random(7).nextBytes(bytes);
    Path file = Files.write(directory.resolve("random"), bytes);

    Ran ran = orrery("run", "--", "cat", file.toString());

    assertThat(ran.errors()).isEmpty();
    assertThat(ran.code()).isZero();
    assertThat(ran.out().length).isEqualTo(bytes.length);
    assertThat(Arrays.mismatch(ran.out(), bytes)).isEqualTo(-1);
  }

  @Test
  void invalidUtf8AndControlCharactersArriveExactlyOnTheirOwnStreams() throws Exception {
    Ran ran =
        orrery(
            "run",
            "--",
            "bash",
            "-c",
            "printf '\\xff\\x00\\xc3('; printf '\\x1b[1m\\r\\n\\xfe' >&2");

    assertThat(ran.out()).containsExactly(0xff, 0, 0xc3, '(');
    assertThat(ran.err()).containsExactly(0x1b, '[', '1', 'm', '\r', '\n', 0xfe);
  }

  @Test
  void tenReadersLateAndEarlySeeTheSameBytes() throws Exception {
    Path gate = directory.resolve("gate");
    String job =
        orrery(
                "start",
                "--",
                "bash",
                "-c",
                "seq 20000; until [ -e %s ]; do sleep 0.1; done; seq 20000".formatted(gate))
            .text()
            .strip();
    List<Begun> readers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      readers.add(begin("logs", "-f", job));
    }
    Files.createFile(gate);
    byte[] first = readers.getFirst().end().out();
    for (int i = 0; i < 5; i++) {
      readers.add(begin("logs", job));
    }

    assertThat(first.length).isEqualTo(2 * 108_894);
    for (Begun reader : readers) {
      Ran read = reader.end();
      assertThat(read.code()).isZero();
      assertThat(Arrays.mismatch(read.out(), first)).isEqualTo(-1);
    }
  }

  @Test
  void aJobIsStartedFoundByPrefixStoppedAndWaitedFor() throws Exception {
    String job = orrery("start", "--label", "kind=sleeper", "--", "sleep", "1000").text().strip();

    assertThat(orrery("status", job.substring(0, 13)).text()).contains(job).contains("RUNNING");
    assertThat(orrery("ps", "--label", "kind=sleeper").text()).contains(job.substring(0, 8));
    assertThat(orrery("stop", job).code()).isZero();
    assertThat(orrery("wait", job).code()).isEqualTo(143);
    assertThat(orrery("status", "-o", "json", job).text())
        .contains("\"state\":\"JOB_STATE_STOPPED\"", "\"job_id\":\"" + job + "\"");
  }

  @Test
  void troubleOfOursIsCode125AndSaysWhatToDo() throws Exception {
    Ran unknown = orrery("status", "ffffffff-0000-4000-8000-000000000000");
    assertThat(unknown.code()).isEqualTo(125);
    assertThat(unknown.errors()).startsWith("orrery: ").contains("orrery ps");

    Ran worker = orrery("run", "-w", "nobody", "--", "true");
    assertThat(worker.code()).isEqualTo(125);
    assertThat(worker.errors()).startsWith("orrery: ").contains("nobody");

    Ran script = orrery("run", "--path", "../hello.sh", "bash");
    assertThat(script.code()).isEqualTo(125);
    assertThat(script.errors()).startsWith("orrery: ").contains("path");
  }

  @Test
  void aScriptThatLeadsOutOfTheScriptsFolderIsNotRun() throws Exception {
    Path outside = Files.writeString(directory.resolve("outside.sh"), "echo seen\n");
    Files.createSymbolicLink(home.resolve("scripts/inside.sh"), outside);

    Ran ran = orrery("run", "--path", "inside.sh", "bash");

    assertThat(ran.code()).isEqualTo(125);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.errors()).startsWith("orrery: ").contains("inside.sh");
  }

  @Test
  void aWorkerThatDoesNotAnswerIsCode125AndNamed() throws Exception {
    worker.signal(Signal.STOP);
    try {
      Ran ran = orrery("run", "-w", "worker", "--", "true");

      assertThat(ran.code()).isEqualTo(125);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.errors()).startsWith("orrery: ").contains("worker");
      assertThat(orrery("workers").text()).contains("UNREACHABLE");
    } finally {
      worker.signal(Signal.CONT);
      admin.awaitOnline(worker.port());
    }
  }

  @Test
  void theDemoRunsAScriptAndLeavesNothingBehind() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> command = List.of(Installation.root().resolve("bin/orrery").toString(), "demo");
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put("ORRERY_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Ran ran = new Begun(builder.start(), out, err).end();

    assertThat(ran.code()).as(ran.errors()).isZero();
    assertThat(ran.text()).startsWith("1\n2\n3\n");
    assertThat(ran.errors()).contains("exit status 0");
    try (var left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }
}
