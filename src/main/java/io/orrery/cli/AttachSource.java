package io.orrery.cli;

import io.orrery.cli.grpc.Call;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachJobResponse;
import io.orrery.v1.AttachStart;
import io.orrery.v1.StdinCloseReason;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The output by AttachJob, with our standard input on the way back; once the job takes no more of
 * that, the output alone.
 */
record AttachSource(Servers servers, Console console, LiveStdin stdin) implements OutputSource {

  @Override
  public String command() {
    return "orrery attach";
  }

  @Override
  public Reading open(StreamJobRequest request) throws IOException, InterruptedException {
    if (stdin.isClosed()) {
      return new StreamSource(servers).open(request);
    }
    AttachStart.Builder start = AttachStart.newBuilder().setJobId(request.getJobId());
    if (request.hasFrom()) {
      start.setFrom(request.getFrom());
    }
    stdin.position().ifPresent(start::setStdinOffset);
    return new Attached(
        servers.converse(Api.ATTACH_JOB, AttachJobRequest.newBuilder().setStart(start).build()));
  }

  private final class Attached implements Reading {
    private final Call<AttachJobRequest, AttachJobResponse> call;

    Attached(Call<AttachJobRequest, AttachJobResponse> call) {
      this.call = call;
    }

    @Override
    public @Nullable StreamJobResponse next()
        throws IOException, StatusException, InterruptedException {
      for (AttachJobResponse event = call.next(); event != null; event = call.next()) {
        switch (event.getEventCase()) {
          case OUTPUT -> {
            return event.getOutput();
          }
          case STDIN_OFFSET -> stdin.arrived(call, event.getStdinOffset());
          case STDIN_CLOSED -> {
            stdin.close();
            tell(event.getStdinClosed().getReason());
          }
          case EVENT_NOT_SET -> {
            // Of a version to come.
          }
        }
      }
      return null;
    }

    private void tell(StdinCloseReason reason) {
      switch (reason) {
        case STDIN_CLOSE_REASON_TAKEN_OVER ->
            console.say(
                "another client has attached and has the input now; here you only see the output");
        case STDIN_CLOSE_REASON_NOT_LIVE ->
            console.say("the job takes no input: it was started without -i");
        case STDIN_CLOSE_REASON_ENDED,
            STDIN_CLOSE_REASON_CLOSED,
            STDIN_CLOSE_REASON_UNSPECIFIED,
            UNRECOGNIZED -> {
          // As with a pipe: there is nobody who reads.
        }
      }
    }

    @Override
    public void cancel() {
      stdin.disconnected(call);
      call.cancel();
    }
  }
}
