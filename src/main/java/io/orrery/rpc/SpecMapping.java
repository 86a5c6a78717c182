package io.orrery.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.orrery.job.ApiException;
import io.orrery.job.JobCommand;
import io.orrery.job.JobId;
import io.orrery.job.JobInput;
import io.orrery.job.JobSpec;
import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import io.orrery.job.StdinMode;
import io.orrery.v1.StartJobRequest;

/**
 * Specs in records, in messages and as JSON. The message JobSpec has the fields of StartJobRequest
 * under the same numbers, so that one is read as the other.
 */
public final class SpecMapping {
  private SpecMapping() {}

  /** What a request asks for; {@link StartJobValidation} must have passed it. */
  public static JobSpec fromRequest(StartJobRequest request) {
    try {
      return fromProto(
          io.orrery.v1.JobSpec.parseFrom(request.toByteString()).toBuilder()
              .setUnknownFields(UnknownFieldSet.getDefaultInstance()) // the job_id
              .build());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("StartJobRequest and JobSpec differ", e);
    }
  }

  /** The request that asks for a spec under an id. */
  public static StartJobRequest toRequest(JobId id, JobSpec spec) {
    try {
      StartJobRequest.Builder request =
          StartJobRequest.parseFrom(toProto(spec).toByteString()).toBuilder().setJobId(id.value());
      if (spec.terminal() != null && spec.input().mode() == StdinMode.NONE) {
        request.clearStdinMode(); // a terminal is an input, which need not be asked for
      }
      return request.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("StartJobRequest and JobSpec differ", e);
    }
  }

  /** The spec of a message. */
  public static JobSpec fromProto(io.orrery.v1.JobSpec proto) {
    return new JobSpec(
        new JobCommand(
            proto.getCommand(),
            proto.getPath(),
            proto.getArgsList(),
            proto.getEnvMap(),
            proto.getWorkingDirectory()),
        input(proto),
        Times.durationIf(proto.hasTimeout(), proto.getTimeout()),
        Times.durationIf(proto.hasStopGrace(), proto.getStopGrace()),
        proto.hasLimits() ? SpecParts.limits(proto.getLimits()) : Limits.NONE,
        proto.getLabelsMap(),
        proto.getRunAs(),
        proto.getMergeStderr(),
        proto.hasOutput() ? SpecParts.output(proto.getOutput()) : OutputPolicy.DEFAULT,
        proto.hasTerminal() ? SpecParts.terminal(proto.getTerminal()) : null,
        new Placement(
            proto.getWorkerId(),
            proto.getSelector(),
            proto.getPriority(),
            proto.getMaxAttempts(),
            Times.durationIf(proto.hasQueueTimeout(), proto.getQueueTimeout())));
  }

  private static JobInput input(io.orrery.v1.JobSpec proto) {
    return proto.getStdin().isEmpty() && SpecParts.isNone(proto.getStdinMode())
        ? JobInput.NONE
        : new JobInput(SpecParts.stdinMode(proto.getStdinMode()), proto.getStdin().toByteArray());
  }

  /** The message of a spec. */
  public static io.orrery.v1.JobSpec toProto(JobSpec spec) {
    JobCommand command = spec.command();
    io.orrery.v1.JobSpec.Builder proto =
        io.orrery.v1.JobSpec.newBuilder()
            .setWorkerId(spec.placement().workerId())
            .setCommand(command.command())
            .setPath(command.path())
            .addAllArgs(command.args())
            .putAllEnv(command.env())
            .setWorkingDirectory(command.workingDirectory())
            .setStdin(ByteString.copyFrom(spec.input().bytes()))
            .setStdinMode(SpecParts.stdinMode(spec.input().mode()))
            .putAllLabels(spec.labels())
            .setRunAs(spec.runAs())
            .setMergeStderr(spec.mergeStderr())
            .setSelector(spec.placement().selector())
            .setPriority(spec.placement().priority())
            .setMaxAttempts(spec.placement().maxAttempts());
    putOptional(proto, spec);
    return proto.build();
  }

  private static void putOptional(io.orrery.v1.JobSpec.Builder proto, JobSpec spec) {
    if (spec.timeout() != null) {
      proto.setTimeout(Times.duration(spec.timeout()));
    }
    if (spec.stopGrace() != null) {
      proto.setStopGrace(Times.duration(spec.stopGrace()));
    }
    if (spec.placement().queueTimeout() != null) {
      proto.setQueueTimeout(Times.duration(spec.placement().queueTimeout()));
    }
    if (!spec.limits().equals(Limits.NONE)) {
      proto.setLimits(SpecParts.limits(spec.limits()));
    }
    if (!spec.output().equals(OutputPolicy.DEFAULT)) {
      proto.setOutput(SpecParts.output(spec.output()));
    }
    if (spec.terminal() != null) {
      proto.setTerminal(SpecParts.terminal(spec.terminal()));
    }
  }

  /** The spec as JSON with the proto's snake_case names, for a file that people may read. */
  public static String toJson(JobSpec spec) {
    return json(toProto(spec));
  }

  /**
   * The spec of such a file; fields that this version does not know are ignored.
   *
   * @throws ApiException STORAGE_FAILED when it is not one
   */
  public static JobSpec fromJson(String json) {
    io.orrery.v1.JobSpec.Builder proto = io.orrery.v1.JobSpec.newBuilder();
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(json, proto);
    } catch (InvalidProtocolBufferException e) {
      throw new ApiException(Reason.STORAGE_FAILED, "a stored job spec cannot be read");
    }
    return fromProto(proto.build());
  }

  private static String json(Message message) {
    try {
      return JsonFormat.printer().preservingProtoFieldNames().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("only an Any of an unknown type cannot be printed", e);
    }
  }
}
