package io.orrery.cli;

import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.StreamJobResponse;

/**
 * One JSON object a line: {@code job_id} and the event as in StreamJobResponse, bytes in base64.
 */
final class JsonOutput implements Output {
  private final Console console;
  private final String jobId;

  JsonOutput(Console console, String jobId) {
    this.console = console;
    this.jobId = jobId;
  }

  @Override
  public void chunk(OutputChunk chunk) {
    print(StreamJobResponse.newBuilder().setChunk(chunk));
  }

  @Override
  public void gap(OutputGap gap) {
    print(StreamJobResponse.newBuilder().setGap(gap));
  }

  @Override
  public void job(Job job) {
    print(StreamJobResponse.newBuilder().setJob(job));
  }

  @Override
  public void end(Job job) {
    print(StreamJobResponse.newBuilder().setFinalJob(job));
  }

  private void print(StreamJobResponse.Builder event) {
    String json = JsonText.of(event);
    console.print("{\"job_id\":\"" + jobId + "\"," + json.substring(1) + "\n");
  }
}
