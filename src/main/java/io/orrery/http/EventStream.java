package io.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.rpc.ErrorDetails;
import io.orrery.rpc.StateMapping;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import java.util.Map;

/**
 * Server-sent events (the HTML standard, section 9.2): each message as an event of its own name.
 * The id is where the reader is in both streams, so that a reader that was cut off goes on with the
 * next byte; that of the end says that nothing will follow.
 */
final class EventStream implements OutputFormat {
  static final String TYPE = "text/event-stream";

  private final ReaderPlace place;
  private boolean begun;

  /**
   * An empty one.
   *
   * @param place where the reader begins
   */
  EventStream(ReaderPlace place) {
    this.place = place;
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public byte[] bytes(StreamJobResponse event) {
    String text =
        switch (event.getEventCase()) {
          case CHUNK -> {
            place.pass(event.getChunk());
            yield event("chunk", place.id(), event.getChunk());
          }
          case GAP -> {
            place.pass(event.getGap());
            yield event("gap", place.id(), event.getGap());
          }
          case JOB -> event("job", "", event.getJob());
          case FINAL_JOB -> event("final_job", lastId(event.getFinalJob()), event.getFinalJob());
          case HEARTBEAT, EVENT_NOT_SET -> ": alive\n\n";
        };
    String all = begun ? text : "retry: 1000\n" + text;
    begun = true;
    return all.getBytes(UTF_8);
  }

  private String lastId(Job job) {
    return StateMapping.of(job).isTerminal() ? ReaderPlace.END : place.id();
  }

  private static String event(String name, String id, Message message) {
    return (id.isEmpty() ? "" : "id: " + id + "\n")
        + "event: "
        + name
        + "\ndata: "
        + JsonReply.json(message)
        + "\n\n";
  }

  @Override
  public boolean mayWait(StreamJobResponse event) {
    return false;
  }

  @Override
  public byte[] failure(ApiException failure) {
    return event("error", "", ErrorDetails.status(failure)).getBytes(UTF_8);
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
