package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import java.util.Map;

/** How a job's output is written down for one reader. */
interface OutputFormat {
  /** The media type. */
  String type();

  /**
   * The bytes of one message of the stream, maybe none.
   *
   * @throws ApiException when it cannot be told in this format: the stream is broken off
   */
  byte[] bytes(StreamJobResponse event);

  /** Whether the headers can wait for what comes after this message. */
  boolean mayWait(StreamJobResponse event);

  /** The last bytes before the stream is broken off, maybe none. */
  byte[] failure(ApiException failure);

  /** The names of the trailers. */
  String trailers();

  /** The trailers of a stream that ended in order. */
  Map<String, String> trailers(Job job);
}
