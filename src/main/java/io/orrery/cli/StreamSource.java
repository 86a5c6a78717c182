package io.orrery.cli;

import io.orrery.cli.grpc.Call;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The output alone, by StreamJob. */
record StreamSource(Servers servers) implements OutputSource {

  @Override
  public String command() {
    return "orrery logs -f";
  }

  @Override
  public Reading open(StreamJobRequest request) throws IOException, InterruptedException {
    return new Stream(servers.stream(Api.STREAM_JOB, request));
  }

  private record Stream(Call<StreamJobRequest, StreamJobResponse> call) implements Reading {
    @Override
    public @Nullable StreamJobResponse next()
        throws IOException, StatusException, InterruptedException {
      return call.next();
    }

    @Override
    public void cancel() {
      call.cancel();
    }
  }
}
