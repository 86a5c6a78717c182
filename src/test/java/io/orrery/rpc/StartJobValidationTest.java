package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.Limits;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StdinMode;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import io.orrery.v1.Terminal;
import io.orrery.v1.TerminalSize;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartJobValidationTest {
  private static List<String> wrong(Consumer<StartJobRequest.Builder> change) {
    StartJobRequest.Builder request = StartJobRequest.newBuilder().setCommand("true");
    change.accept(request);
    return violations(() -> StartJobValidation.check(request.build()));
  }

  private static List<String> violations(Runnable check) {
    try {
      check.run();
      return List.of();
    } catch (ApiException e) {
      assertThat(e.reason()).isEqualTo(Reason.INVALID_REQUEST);
      return e.violations().stream().map(FieldViolation::field).toList();
    }
  }

  @Test
  void aFullButSaneRequestPasses() {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setJobId(JobId.random().value())
            .setWorkerId("b2f7f5d8-0000-4000-8000-000000000000")
            .setCommand("bash")
            .setPath("sub/count.sh")
            .addArgs("")
            .addArgs("ü\n")
            .putEnv("A.b-c", "=x=")
            .setWorkingDirectory("/tmp")
            .setStdin(ByteString.copyFrom(new byte[1 << 20]))
            .setStdinMode(StdinMode.STDIN_MODE_BYTES)
            .setTimeout(Duration.newBuilder().setNanos(1))
            .setStopGrace(Duration.getDefaultInstance())
            .setLimits(Limits.newBuilder().setCpus(1.5).setNice(-20))
            .putLabels("example.com/zone", "a b")
            .setRunAs("www-data")
            .setOutput(OutputPolicy.newBuilder().setMaxStreamBytes(1))
            .setSelector("zone=a,gpu")
            .setPriority(-1000)
            .setMaxAttempts(3)
            .build();
    assertThatCode(() -> StartJobValidation.check(request)).doesNotThrowAnyException();
  }

  @Test
  void aTerminalGoesWithLiveInputAlone() {
    StartJobRequest.Builder request =
        StartJobRequest.newBuilder()
            .setCommand("bash")
            .setTerminal(
                Terminal.newBuilder()
                    .setSize(TerminalSize.newBuilder().setRows(1).setColumns(65_535))
                    .setTerm("xterm-256color"));

    for (StdinMode mode : List.of(StdinMode.STDIN_MODE_UNSPECIFIED, StdinMode.STDIN_MODE_LIVE)) {
      StartJobRequest sane = request.setStdinMode(mode).build();
      assertThatCode(() -> StartJobValidation.check(sane)).doesNotThrowAnyException();
    }
    StartJobRequest other = request.setStdinMode(StdinMode.STDIN_MODE_BYTES).build();
    assertThat(violations(() -> StartJobValidation.check(other))).containsExactly("stdin_mode");
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    assertThat(
            wrong(
                request ->
                    request
                        .setCommand("")
                        .setPath("../x")
                        .addArgs("a\0b")
                        .putEnv("", "x")
                        .setPriority(1001)
                        .setLimits(Limits.newBuilder().setPids(-1).setNice(20))))
        .containsExactlyInAnyOrder(
            "command", "path", "args[0]", "env[]", "priority", "limits.pids", "limits.nice");
  }

  @Test
  void aThousandWrongArgumentsAreNotAllTold() {
    assertThat(
            wrong(
                request -> {
                  for (int i = 0; i < 1000; i++) {
                    request.addArgs("\0");
                  }
                }))
        .hasSize(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "..",
        "a/../b",
        "./a",
        "a//b",
        "a/",
        "a\nb",
        "a\0",
        "\u007f",
        "a/./b"
      })
  void aPathThatIsNotPlainlyBelowTheScriptsFolderIsRefused(String path) {
    assertThat(wrong(request -> request.setPath(path))).contains("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"count.sh", "a/b/c", "..a", "a..", "...", "-x", "with space", "ü"})
  void aPlainPathPasses(String path) {
    assertThat(wrong(request -> request.setPath(path))).isEmpty();
  }

  @Test
  void namesAndPathsHaveTheLengthsOfTheKernel() {
    assertThat(wrong(request -> request.setPath("x".repeat(255)))).isEmpty();
    assertThat(wrong(request -> request.setPath("x".repeat(256)))).containsExactly("path");
    assertThat(wrong(request -> request.setPath("ü".repeat(128)))).containsExactly("path");
    assertThat(wrong(request -> request.setCommand("x".repeat(4096)))).containsExactly("command");
    assertThat(wrong(request -> request.setWorkingDirectory("\0")))
        .containsExactly("working_directory");
  }

  @Test
  void oneArgumentMayHaveAsManyBytesAsTheKernelTakes() {
    assertThat(wrong(request -> request.addArgs("x".repeat(131_071)))).isEmpty();
    assertThat(wrong(request -> request.addArgs("x".repeat(131_072)))).containsExactly("args[0]");
    assertThat(wrong(request -> request.addArgs("ü".repeat(65_536)))).containsExactly("args[0]");
    assertThat(wrong(request -> request.putEnv("A", "x".repeat(131_070))))
        .containsExactly("env[A]");
  }

  @Test
  void whatIsAcceptedFitsIntoTheAnswerOfAQuery() {
    StartJobRequest.Builder request = StartJobRequest.newBuilder().setCommand("true");
    request.addAllArgs(Collections.nCopies(2_097_152, "")); // 2 MiB for execve(2), 4 in a message

    assertThat(violations(() -> StartJobValidation.check(request.build()))).containsExactly("args");

    StartJobRequest largest =
        request
            .clearArgs()
            .addAllArgs(Collections.nCopies(1_048_576, ""))
            .setStdin(ByteString.copyFrom(new byte[1 << 20]))
            .addAllArgs(Collections.nCopies(8, "x".repeat(113_000)))
            .build();
    assertThat(violations(() -> StartJobValidation.check(largest))).isEmpty();
    QueryJobResponse answer =
        QueryJobResponse.newBuilder()
            .setJob(
                Filled.message(Job.getDefaultInstance()).toBuilder()
                    .setSpec(SpecMapping.toProto(SpecMapping.fromRequest(largest))))
            .build();
    assertThat(answer.getSerializedSize()).isBetween(3 << 20, RpcLimits.DEFAULT.maxMessageBytes());
  }

  @Test
  void allArgumentsTogetherHaveALimit() {
    assertThat(
            wrong(
                request -> {
                  for (int i = 0; i < 17; i++) {
                    request.addArgs("x".repeat(130_000));
                  }
                }))
        .containsExactly("args");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A=B", "=", "A\0"})
  void aVariableNeedsANameThatTheKernelCanTell(String name) {
    assertThat(wrong(request -> request.putEnv(name, "x"))).hasSize(1);
  }

  @Test
  void stdinHasALimitAndFitsItsMode() {
    ByteString one = ByteString.copyFromUtf8("x");
    assertThat(wrong(request -> request.setStdin(ByteString.copyFrom(new byte[(1 << 20) + 1]))))
        .containsExactly("stdin");
    assertThat(wrong(request -> request.setStdin(one).setStdinMode(StdinMode.STDIN_MODE_NONE)))
        .containsExactly("stdin");
    assertThat(wrong(request -> request.setStdin(one).setStdinMode(StdinMode.STDIN_MODE_LIVE)))
        .containsExactly("stdin");
    assertThat(wrong(request -> request.setStdinModeValue(9))).containsExactly("stdin_mode");
  }

  @Test
  void durationsAreSane() {
    Duration negative = Duration.newBuilder().setSeconds(-1).build();
    Duration broken = Duration.newBuilder().setSeconds(1).setNanos(-1).build();
    Duration eternal = Duration.newBuilder().setSeconds(Long.MAX_VALUE).build();
    for (Duration duration : List.of(negative, broken, eternal)) {
      assertThat(wrong(request -> request.setTimeout(duration))).containsExactly("timeout");
      assertThat(wrong(request -> request.setStopGrace(duration))).containsExactly("stop_grace");
      assertThat(
              wrong(request -> request.setOutput(OutputPolicy.newBuilder().setRetention(duration))))
          .containsExactly("output.retention");
    }
    assertThat(wrong(request -> request.setTimeout(Duration.getDefaultInstance())))
        .containsExactly("timeout");
  }

  @Test
  void numbersHaveTheirRanges() {
    assertThat(wrong(request -> request.setLimits(Limits.newBuilder().setCpus(Double.NaN))))
        .containsExactly("limits.cpus");
    assertThat(
            wrong(
                request ->
                    request.setLimits(Limits.newBuilder().setCpus(Double.POSITIVE_INFINITY))))
        .containsExactly("limits.cpus");
    assertThat(wrong(request -> request.setLimits(Limits.newBuilder().setMemoryBytes(-1))))
        .containsExactly("limits.memory_bytes");
    assertThat(wrong(request -> request.setMaxAttempts(-1))).containsExactly("max_attempts");
    assertThat(wrong(request -> request.setOutput(OutputPolicy.newBuilder().setMaxStreamBytes(-1))))
        .containsExactly("output.max_stream_bytes");
    assertThat(
            wrong(
                request ->
                    request.setTerminal(
                        Terminal.newBuilder()
                            .setSize(TerminalSize.newBuilder().setColumns(70_000))
                            .setTerm("a b"))))
        .containsExactlyInAnyOrder("terminal.size.rows", "terminal.size.columns", "terminal.term");
  }

  @Test
  void idsUsersAndLabelsHaveTheirForms() {
    assertThat(wrong(request -> request.setJobId("x"))).containsExactly("job_id");
    assertThat(wrong(request -> request.setRunAs("a:b"))).containsExactly("run_as");
    assertThat(wrong(request -> request.setRunAs("-u"))).containsExactly("run_as");
    for (String key : List.of("", "-a", "a b", "a/b/c", "/a", "A.example/a", "a".repeat(64))) {
      assertThat(wrong(request -> request.putLabels(key, "x"))).as(key).hasSize(1);
    }
    assertThat(wrong(request -> request.putLabels("a", "line\n"))).containsExactly("labels[a]");
    assertThat(
            wrong(
                request -> {
                  for (int i = 0; i < 65; i++) {
                    request.putAllLabels(Map.of("k" + i, "v"));
                  }
                }))
        .containsExactly("labels");
  }

  @Test
  void theOtherRequestsAreCheckedToo() {
    assertThat(
            violations(
                () ->
                    RequestValidation.check(
                        StopJobRequest.newBuilder()
                            .setSignal(65)
                            .setGrace(Duration.newBuilder().setSeconds(-1))
                            .build())))
        .containsExactlyInAnyOrder("job_id", "signal", "grace");
    assertThat(
            violations(
                () -> RequestValidation.check(SignalJobRequest.newBuilder().setJobId("a").build())))
        .containsExactly("signal");
    assertThat(
            violations(
                () ->
                    RequestValidation.check(
                        StreamJobRequest.newBuilder()
                            .setJobId("a")
                            .setFrom(
                                StreamPosition.newBuilder().setStdoutOffset(-1).setStderrOffset(-1))
                            .setStreamValue(9)
                            .build())))
        .containsExactlyInAnyOrder("from.stdout_offset", "from.stderr_offset", "stream");
    assertThat(
            violations(
                () ->
                    RequestValidation.check(
                        StreamJobRequest.newBuilder().setJobId("a").setLastLines(-1).build())))
        .containsExactly("last_lines");
    assertThatCode(() -> RequestValidation.check(StopJobRequest.newBuilder().setJobId("a").build()))
        .doesNotThrowAnyException();
  }
}
