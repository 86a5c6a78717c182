package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobInput;
import io.orrery.job.JobSpec;
import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import io.orrery.job.StdinMode;
import io.orrery.job.TerminalRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.Terminal;
import org.junit.jupiter.api.Test;

final class SpecMappingTest {
  private static final io.orrery.v1.JobSpec FULL =
      Filled.message(io.orrery.v1.JobSpec.getDefaultInstance());

  @Test
  void everyFieldOfASpecComesBack() {
    assertThat(Filled.setPaths(FULL)).isEqualTo(Filled.paths(FULL.getDescriptorForType()));
    assertThat(SpecMapping.toProto(SpecMapping.fromProto(FULL))).isEqualTo(FULL);
  }

  @Test
  void everyFieldOfASpecComesBackFromJson() {
    JobSpec spec = SpecMapping.fromProto(FULL);
    String json = SpecMapping.toJson(spec);
    assertThat(json).contains("\"working_directory\"", "\"io_read_bytes_per_second\"");
    assertThat(SpecMapping.fromJson(json)).isEqualTo(spec);
  }

  @Test
  void everyFieldOfARequestButThoseOfTheRunIsInTheSpecAndComesBack() {
    StartJobRequest request =
        Filled.message(StartJobRequest.getDefaultInstance()).toBuilder()
            .clearAttempt()
            .clearCreateTime()
            .build();
    JobSpec spec = SpecMapping.fromRequest(request);
    JobId id = JobId.random();
    assertThat(SpecMapping.toRequest(id, spec))
        .isEqualTo(request.toBuilder().setJobId(id.value()).build());
    assertThat(SpecMapping.toProto(spec).getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void whatWasNotAskedIsNotThere() {
    JobSpec spec = SpecMapping.fromRequest(StartJobRequest.getDefaultInstance());
    assertThat(spec.timeout()).isNull();
    assertThat(spec.stopGrace()).isNull();
    assertThat(spec.terminal()).isNull();
    assertThat(spec.input()).isEqualTo(JobInput.NONE);
    assertThat(spec.limits()).isEqualTo(Limits.NONE);
    assertThat(spec.output()).isEqualTo(OutputPolicy.DEFAULT);
    assertThat(spec.placement()).isEqualTo(Placement.ANY);
    assertThat(SpecMapping.fromProto(SpecMapping.toProto(spec))).isEqualTo(spec);
    assertThat(SpecMapping.fromJson(SpecMapping.toJson(spec))).isEqualTo(spec);
  }

  @Test
  void bytesWithoutAModeAreTheInput() {
    JobSpec spec =
        SpecMapping.fromRequest(
            StartJobRequest.newBuilder().setStdin(ByteString.copyFromUtf8("in")).build());
    assertThat(spec.input()).isEqualTo(new JobInput(StdinMode.BYTES, "in".getBytes()));
  }

  @Test
  void aTerminalOfNoSizeHasTheUsualOne() {
    JobSpec spec =
        SpecMapping.fromRequest(
            StartJobRequest.newBuilder().setTerminal(Terminal.getDefaultInstance()).build());
    assertThat(spec.terminal()).isEqualTo(new TerminalRequest(24, 80, "xterm-256color"));
  }

  @Test
  void textAndBytesSurviveJson() {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand("é\u0001\"\\\u2028😀")
            .addArgs("")
            .putEnv("A", "\n\t")
            .setStdin(ByteString.copyFrom(new byte[] {0, -1, -128, 10}))
            .build();
    JobSpec spec = SpecMapping.fromRequest(request);
    assertThat(SpecMapping.fromJson(SpecMapping.toJson(spec))).isEqualTo(spec);
  }

  @Test
  void aStoredSpecOfALaterVersionIsReadAndABrokenOneIsNot() {
    assertThat(SpecMapping.fromJson("{\"command\": \"ls\", \"later\": 1}").command().command())
        .isEqualTo("ls");
    assertThatThrownBy(() -> SpecMapping.fromJson("{\"command\": "))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORAGE_FAILED));
  }
}
