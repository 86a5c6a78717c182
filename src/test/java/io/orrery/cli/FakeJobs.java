package io.orrery.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputStream;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.WorkerGrpcService;
import java.nio.charset.StandardCharsets;

/** Jobs and messages about them for tests. */
final class FakeJobs {
  static final String ID = "0b8e7f2a-1111-4222-8333-444455556666";

  private FakeJobs() {}

  static Job running() {
    return Job.newBuilder()
        .setJobId(ID)
        .setSpec(JobSpec.newBuilder().setCommand("bash").setPath("count.sh"))
        .setOwner("spiffe://orrery/admin/admin")
        .setState(JobState.JOB_STATE_RUNNING)
        .setWorkerId("aaaaaaaa-1111-4222-8333-444455556666")
        .setWorkerName("worker")
        .setAttempt(1)
        .setPid(4711)
        .setCreateTime(Timestamp.newBuilder().setSeconds(1_764_000_000))
        .setStartTime(Timestamp.newBuilder().setSeconds(1_764_000_001))
        .build();
  }

  static Job exited(int code) {
    return running().toBuilder()
        .setState(code == 0 ? JobState.JOB_STATE_SUCCEEDED : JobState.JOB_STATE_FAILED)
        .setEnd(JobEnd.newBuilder().setCause(EndCause.END_CAUSE_EXITED).setExitCode(code))
        .setEndTime(Timestamp.newBuilder().setSeconds(1_764_000_005))
        .build();
  }

  static StreamJobResponse chunk(OutputStream stream, long offset, String text) {
    return chunk(stream, offset, ByteString.copyFrom(text, StandardCharsets.UTF_8));
  }

  static StreamJobResponse chunk(OutputStream stream, long offset, ByteString data) {
    return StreamJobResponse.newBuilder()
        .setChunk(
            OutputChunk.newBuilder()
                .setStream(stream)
                .setOffset(offset)
                .setTime(Timestamp.newBuilder().setSeconds(1_764_000_002).setNanos(123_456_000))
                .setData(data))
        .build();
  }

  static StreamJobResponse now(Job job) {
    return StreamJobResponse.newBuilder().setJob(job).build();
  }

  static StreamJobResponse last(Job job) {
    return StreamJobResponse.newBuilder().setFinalJob(job).build();
  }

  static StartJobResponse started(StartJobRequest request) {
    return StartJobResponse.newBuilder()
        .setJobId(request.getJobId())
        .setJob(running().toBuilder().setJobId(request.getJobId()))
        .build();
  }

  /** One job that prints two lines and ends with 3. */
  static void serve(FakeServer server) {
    server.answer(
        WorkerGrpcService.QueryJob, _ -> QueryJobResponse.newBuilder().setJob(running()).build());
    server.answer(WorkerGrpcService.StartJob, FakeJobs::started);
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> {
          response.write(now(running()));
          response.write(chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "one\ntwo\n"));
          response.write(chunk(OutputStream.OUTPUT_STREAM_STDERR, 0, "oops\n"));
          response.end(last(exited(3)));
        });
  }
}
