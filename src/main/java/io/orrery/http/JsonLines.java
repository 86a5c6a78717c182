package io.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orrery.job.ApiException;
import io.orrery.rpc.ErrorDetails;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import java.util.Map;

/**
 * One JSON object a line: each message as it is, the last one {@code final_job}. A stream that is
 * broken off says why in a line {@code error} before the connection is.
 */
record JsonLines(String type) implements OutputFormat {
  static final String TYPE = "application/x-ndjson";
  static final String OTHER_TYPE = "application/jsonl";

  @Override
  public byte[] bytes(StreamJobResponse event) {
    return (JsonReply.json(event) + "\n").getBytes(UTF_8);
  }

  @Override
  public boolean mayWait(StreamJobResponse event) {
    return false;
  }

  @Override
  public byte[] failure(ApiException failure) {
    return ("{\"error\":" + JsonReply.json(ErrorDetails.status(failure)) + "}\n").getBytes(UTF_8);
  }

  @Override
  public String trailers() {
    return "";
  }

  @Override
  public Map<String, String> trailers(Job job) {
    return Map.of();
  }
}
