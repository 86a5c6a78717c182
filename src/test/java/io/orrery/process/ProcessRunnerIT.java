package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.LimitKind;
import io.orrery.job.StopLimit;
import io.orrery.posix.Errno;
import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessRunnerIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Duration IDLE = Duration.ofMillis(500);

  @TempDir Path root;
  private Path data;
  private final List<ProcessRunner> opened = new ArrayList<>();

  @BeforeEach
  void makeDirectory() throws Exception {
    data = Files.createDirectory(root.resolve("data"));
  }

  @AfterEach
  void endAll() throws Exception {
    for (ProcessRunner runner : opened) {
      runner.killAll(Duration.ZERO).get(30, SECONDS);
      runner.close();
    }
    // Without workers and jobs each runner ends by itself.
    RunnerFixture.await(() -> runners().isEmpty());
  }

  private ProcessRunner open(String build) throws IOException {
    ProcessRunner runner = new ProcessRunner(data, build, IDLE);
    opened.add(runner);
    return runner;
  }

  private void close(ProcessRunner runner) {
    opened.remove(runner);
    runner.close();
  }

  /** The runner processes of this test's directory. */
  private List<Integer> runners() {
    return ProcessTable.read().entries().stream()
        .filter(entry -> !entry.gone())
        .map(ProcessEntry::pid)
        .filter(pid -> RunnerFixture.commandLine(pid).contains("RunnerMain\0" + data + "\0"))
        .toList();
  }

  private int onlyRunner() {
    assertThat(runners()).hasSize(1);
    return runners().getFirst();
  }

  /** A job, its exit, and the file that it waits for before it ends with 7. */
  private record Job(JobSetup setup, Path gate, Started started, CompletableFuture<Exit> exit) {
    void letEnd() throws IOException {
      Files.createFile(gate);
    }

    Exit await() throws Exception {
      return exit.get(60, SECONDS);
    }
  }

  private Job start(ProcessRunner runner) throws Exception {
    Path gate = root.resolve("gate-" + System.nanoTime());
    JobSetup setup =
        new JobSetup(
            root,
            "/bin/sh",
            "-c",
            "echo on; until [ -e " + gate + " ]; do sleep 0.05; done; exit 7");
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    return new Job(
        setup, gate, RunnerFixture.started(runner.start(setup.launch(), exit::complete)), exit);
  }

  private static CompletableFuture<Exit> resume(ProcessRunner runner, Job job) {
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    assertThat(runner.resume(job.setup().launch().terms(), exit::complete))
        .isEqualTo(new Resumption.Running(job.started(), false));
    return exit;
  }

  @Test
  void tellsExitCodesSignalsAndStartFailuresAsTheyAre() throws Exception {
    ProcessRunner runner = open("a");
    Job job = start(runner);
    JobSetup signalled = new JobSetup(root, "/bin/sh", "-c", "kill -USR1 $$");
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    RunnerFixture.started(runner.start(signalled.launch(), exit::complete));
    job.letEnd();

    assertThat(job.await().cause()).isEqualTo(new Cause.Exited(7));
    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Signalled(10, false));
    assertThatThrownBy(
            () ->
                RunnerFixture.started(
                    runner.start(new JobSetup(root, "/no/such/command").launch(), never -> {})))
        .isInstanceOfSatisfying(
            StartFailure.class,
            failure -> {
              assertThat(failure.errno()).isEqualTo(Errno.ENOENT.number());
              assertThat(failure).hasMessageContaining("/no/such/command");
            });
    assertThat(runner.alive()).isEmpty();
  }

  /** The JDK keeps an index of each jar in memory, and the worker's libraries are many. */
  @Test
  void theRunnerHasItsOwnClassesAlone() throws Exception {
    start(open("a")).letEnd();

    List<String> words = List.of(RunnerFixture.commandLine(onlyRunner()).split("\0"));
    assertThat(words.get(words.indexOf("-cp") + 1)).doesNotContain(":");
    assertThat(data.resolve("runner.log")).isEmptyFile();
  }

  @Test
  void argumentsAndEnvironmentArriveAsTheyAre() throws Exception {
    String text = "a \"b\" \\ 'c'\n\tü 😀 \u0001";
    JobSetup setup = new JobSetup(root, "/bin/sh", "-c", "printf %s \"$1$TEXT\"", "sh", text);
    setup.environment.put("TEXT", text);
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    open("a").start(setup.launch(), exit::complete);

    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(0));
    assertThat(setup.stdout()).isEqualTo(text + text);
  }

  /** As long as args and env may be together, in words as long as they may be. */
  private JobSetup manyWords(String each) {
    JobSetup setup = new JobSetup(root, "/bin/sh", "-c", "printf %s \"$@\" | wc -c", "sh");
    List<String> words = new ArrayList<>(setup.argv);
    for (int i = 0; i < 19; i++) {
      words.add(each.repeat(100_000 / each.getBytes(StandardCharsets.UTF_8).length));
    }
    setup.argv = words;
    return setup;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\u0001", "\"", "\\\t", "xxxxxxx\u20ac"})
  void argumentsAsLongAsTheyMayBeCostNoRunnerWhateverIsInThem(String each) throws Exception {
    ProcessRunner runner = open("a");
    Job before = start(runner);
    int pid = onlyRunner();
    List<CompletableFuture<Exit>> exits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      JobSetup setup = manyWords(each);
      CompletableFuture<Exit> exit = new CompletableFuture<>();
      exits.add(exit);
      var unused = runner.start(setup.launch(), exit::complete);
    }
    for (CompletableFuture<Exit> exit : exits) {
      assertThat(exit.get(60, SECONDS).cause()).isEqualTo(new Cause.Exited(0));
    }
    before.letEnd();

    assertThat(before.await().cause()).isEqualTo(new Cause.Exited(7));
    assertThat(onlyRunner()).isEqualTo(pid);
  }

  /** A word costs more than its bytes in the kernel, and in the runner even more. */
  @Test
  void moreWordsThanCanBePassedFailTheStartAndCostNoRunner() throws Exception {
    ProcessRunner runner = open("a");
    Job before = start(runner);
    int pid = onlyRunner();
    JobSetup setup = new JobSetup(root, "/bin/true");
    List<String> words = new ArrayList<>(setup.argv);
    words.addAll(Collections.nCopies(150_000, "x"));
    setup.argv = List.copyOf(words);
    CompletableFuture<Exit> asMany = new CompletableFuture<>();
    RunnerFixture.started(runner.start(setup.launch(), asMany::complete));
    assertThat(asMany.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(0));
    words.addAll(Collections.nCopies(1_000_000, "x"));
    setup.argv = words;

    assertThatThrownBy(() -> RunnerFixture.started(runner.start(setup.launch(), never -> {})))
        .isInstanceOfSatisfying(
            StartFailure.class,
            failure -> assertThat(failure.errno()).isEqualTo(Errno.E2BIG.number()));
    assertThat(runner.alive()).containsExactly(before.setup().jobId);
    before.letEnd();
    assertThat(before.await().cause()).isEqualTo(new Cause.Exited(7));
    assertThat(onlyRunner()).isEqualTo(pid);
  }

  @Test
  void aJobIsStoppedWithItsTree() throws Exception {
    ProcessRunner runner = open("a");
    Job job = start(runner);

    TreeReport report = runner.stop(job.setup().jobId, 15, Duration.ofSeconds(20)).get(60, SECONDS);

    assertThat(report.empty()).isTrue();
    assertThat(job.await().ending()).isEqualTo(Ending.STOPPED);
    assertThat(RunnerFixture.isAlive(job.started().pid())).isFalse();
  }

  @Test
  void jobsGoOnWithoutTheWorkerAndTheNextOneLearnsHowTheyEnd() throws Exception {
    ProcessRunner first = open("a");
    Job ends = start(first);
    Job goesOn = start(first);
    close(first);
    ends.letEnd();
    RunnerFixture.await(() -> ExitRecord.read(ends.setup().directory).isPresent());

    ProcessRunner second = open("a");

    assertThat(second.resume(ends.setup().launch().terms(), never -> {}))
        .isInstanceOfSatisfying(
            Resumption.Ended.class,
            ended -> assertThat(ended.exit().cause()).isEqualTo(new Cause.Exited(7)));
    CompletableFuture<Exit> exit = resume(second, goesOn);
    goesOn.letEnd();
    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(7));
  }

  @Test
  void theNextWorkerIsToldThatAJobIsBeingStopped() throws Exception {
    ProcessRunner first = open("a");
    JobSetup setup =
        new JobSetup(
            root,
            "/bin/sh",
            "-c",
            "trap 'echo heard' TERM; echo on; while true; do sleep 0.05; done");
    RunnerFixture.started(first.start(setup.launch(), never -> {}));
    RunnerFixture.await(() -> setup.stdout().contains("on"));
    var unused = first.stop(setup.jobId, 15, Duration.ofHours(1));
    RunnerFixture.await(() -> setup.stdout().contains("heard"));
    close(first);

    assertThat(open("a").resume(setup.launch().terms(), never -> {}))
        .isInstanceOfSatisfying(
            Resumption.Running.class, running -> assertThat(running.stopping()).isTrue());
  }

  /** Prints 256 MiB once the gate is there, and stays. */
  private Job startPrinter(ProcessRunner runner, String first, Duration grace) throws Exception {
    Path gate = root.resolve("gate-" + System.nanoTime());
    JobSetup setup =
        new JobSetup(
            root,
            "/bin/sh",
            "-c",
            first
                + " until [ -e "
                + gate
                + " ]; do sleep 0.05; done;"
                + " i=0; while [ $i -lt 4096 ]; do head -c 65536 /dev/zero >&2; i=$((i + 1)); done;"
                + " sleep 300");
    setup.streamLimit = new StopLimit(MEBIBYTE);
    setup.stopGrace = grace;
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    return new Job(
        setup, gate, RunnerFixture.started(runner.start(setup.launch(), exit::complete)), exit);
  }

  private static Exit recorded(Job job) throws Exception {
    RunnerFixture.await(() -> ExitRecord.read(job.setup().directory).isPresent());
    return ExitRecord.read(job.setup().directory).orElseThrow().exit();
  }

  @Test
  void aJobThatPrintsMoreThanItMayWhileNoWorkerIsThereIsStopped() throws Exception {
    ProcessRunner runner = open("a");
    Job printer = startPrinter(runner, "", Duration.ofHours(1));
    Job within = startPrinter(runner, "", Duration.ofHours(1));
    close(runner);
    printer.letEnd();

    Exit exit = recorded(printer);

    assertThat(exit.ending()).isEqualTo(Ending.STOPPED);
    assertThat(exit.cause()).isEqualTo(new Cause.Signalled(15, false));
    assertThat(LimitMark.file(printer.setup().directory)).exists();
    assertThat(Files.size(printer.setup().directory.resolve("stderr")))
        .isBetween(MEBIBYTE, 64 * MEBIBYTE);
    resume(open("a"), within);
    assertThat(LimitMark.file(within.setup().directory)).doesNotExist();
  }

  @Test
  void oneThatPrintsOnIsKilledByTheRunnerThatTookItUpBeforeItsGraceIsOver() throws Exception {
    ProcessRunner runner = open("a");
    Job printer = startPrinter(runner, "trap '' TERM;", Duration.ofHours(1));
    close(runner);
    RunnerFixture.kill(onlyRunner());
    RunnerFixture.await(() -> runners().isEmpty());
    ProcessRunner next = open("a");
    resume(next, printer);
    close(next);
    printer.letEnd();

    Exit exit = recorded(printer);

    assertThat(exit.ending()).isEqualTo(Ending.STOPPED);
    assertThat(LimitMark.file(printer.setup().directory)).exists();
    assertThat(Files.size(printer.setup().directory.resolve("stderr")))
        .isBetween(17 * MEBIBYTE, 128 * MEBIBYTE);
  }

  @Test
  void aJobIsLeftToTheWorkerThatIsThere() throws Exception {
    Job printer = startPrinter(open("a"), "", Duration.ofHours(1));
    printer.letEnd();
    Path stderr = printer.setup().directory.resolve("stderr");

    RunnerFixture.await(() -> Files.exists(stderr) && Files.size(stderr) > 24 * MEBIBYTE);

    assertThat(LimitMark.file(printer.setup().directory)).doesNotExist();
    assertThat(printer.exit()).isNotDone();
  }

  @Test
  void whenTheRunnerIsKilledAnotherTakesUpItsJobs() throws Exception {
    ProcessRunner runner = open("a");
    Job job = start(runner);
    Job stopped = start(runner);
    int before = onlyRunner();
    RunnerFixture.kill(before);
    RunnerFixture.await(() -> runners().stream().anyMatch(pid -> pid != before));

    assertThat(RunnerFixture.isAlive(job.started().pid())).isTrue();
    assertThat(runner.stop(stopped.setup().jobId, 15, Duration.ofSeconds(20)).get(60, SECONDS))
        .matches(TreeReport::empty);
    assertThat(stopped.await().cause()).isEqualTo(new Cause.Unobserved());
    assertThat(stopped.await().ending()).isEqualTo(Ending.STOPPED);
    job.letEnd();
    assertThat(job.await().cause()).isEqualTo(new Cause.Unobserved());
    assertThat(job.await().ending()).isEqualTo(Ending.BY_ITSELF);
    assertThat(ExitRecord.read(job.setup().directory)).isPresent();
    Job next = start(runner);
    next.letEnd();
    assertThat(next.await().cause()).isEqualTo(new Cause.Exited(7));
  }

  /** Whoever asks what can be enforced does so for every start, and must not wait. */
  @Test
  void whatCanBeEnforcedIsKnownWhileARunnerIsReplaced() throws Exception {
    ProcessRunner runner = open("a");
    Set<LimitKind> known = runner.enforceable();
    try (RunnerFixture.Hindrance hindrance = RunnerFixture.Hindrance.in(data)) {
      RunnerFixture.kill(onlyRunner());
      hindrance.awaitFailure();

      assertThat(CompletableFuture.supplyAsync(runner::enforceable).get(5, SECONDS))
          .isEqualTo(known)
          .isNotEmpty();
    }
    Job job = start(runner);
    job.letEnd();
    assertThat(job.await().cause()).isEqualTo(new Cause.Exited(7));
  }

  @Test
  void aJobThatEndedWhileNoRunnerWasThereHasAnEndAllTheSame() throws Exception {
    ProcessRunner runner = open("a");
    Job job = start(runner);
    int pid = onlyRunner();
    RunnerFixture.kill(job.started().pid());
    RunnerFixture.kill(pid);

    // Either the runner had still seen it, or nobody has.
    assertThat(job.await().cause()).isIn(new Cause.Unobserved(), new Cause.Signalled(9, false));
    assertThat(runner.alive()).isEmpty();
  }

  @Test
  void aRunnerOfAnotherBuildKeepsItsJobsToTheirEndAndGoes() throws Exception {
    ProcessRunner old = open("a");
    Job job = start(old);
    int before = onlyRunner();
    close(old);

    ProcessRunner next = open("b");
    CompletableFuture<Exit> exit = resume(next, job);
    Job other = start(next);

    assertThat(runners()).hasSize(2).contains(before);
    close(next);
    ProcessRunner third = open("b");
    assertThat(runners()).hasSize(2);
    exit = resume(third, job);
    job.letEnd();
    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(7));
    RunnerFixture.await(() -> !runners().contains(before));
    assertThat(third.alive()).doesNotContain(job.setup().jobId);
    assertThat(RunnerFixture.isAlive(other.started().pid())).isTrue();
    resume(third, other);
    assertThat(third.alive()).isEqualTo(Set.of(other.setup().jobId));
  }

  @Test
  void orphansOfAJobBecomeTheRunnersAndLeaveNoZombies() throws Exception {
    ProcessRunner runner = open("a");
    Path gate = root.resolve("gate");
    String orphan = "(sh -c 'echo $$; until [ -e " + gate + ".0 ]; do sleep 0.05; done' &)";
    JobSetup setup =
        new JobSetup(
            root,
            "/bin/sh",
            "-c",
            orphan + "; until [ -e " + gate + " ]; do sleep 0.05; done; exit 7");
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    RunnerFixture.started(runner.start(setup.launch(), exit::complete));
    RunnerFixture.await(() -> setup.stdout().endsWith("\n"));
    int pid = Integer.parseInt(setup.stdout().strip());

    RunnerFixture.await(() -> Proc.entry(pid).orElseThrow().parent() == onlyRunner());
    Files.createFile(Path.of(gate + ".0"));
    RunnerFixture.await(() -> Proc.entry(pid).isEmpty());
    Files.createFile(gate);
    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(7));
  }

  @Test
  void aShortJobsStatusIsNeverTakenForAnOrphans() throws Exception {
    ProcessRunner runner = open("a");
    List<CompletableFuture<Exit>> exits = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      CompletableFuture<Exit> exit = new CompletableFuture<>();
      exits.add(exit);
      RunnerFixture.started(
          runner.start(
              new JobSetup(root, "/bin/sh", "-c", "(true &) ; exit 7").launch(), exit::complete));
    }
    for (CompletableFuture<Exit> exit : exits) {
      assertThat(exit.get(60, SECONDS).cause()).isEqualTo(new Cause.Exited(7));
    }
  }

  @Test
  void onlyItsUserReachesTheRunnerAndItHasNothingOfOurEnvironment() throws Exception {
    open("a");
    int pid = onlyRunner();

    assertThat(Files.readString(Path.of("/proc/" + pid + "/environ")).split("\0"))
        .allMatch(entry -> entry.isEmpty() || entry.startsWith("LANG=") || entry.startsWith("LC_"));
    assertThat(Proc.entry(pid).orElseThrow().session()).isEqualTo(pid);
    assertThat(Files.readString(Path.of("/proc/" + pid + "/status")))
        .containsPattern("SigIgn:\\s+[0-9a-f]+");
  }
}
