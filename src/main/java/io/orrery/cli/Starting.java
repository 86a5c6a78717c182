package io.orrery.cli;

import io.orrery.cli.grpc.StatusCode;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import java.io.IOException;
import java.time.Duration;

/** Starts a job once: what is not sure to have arrived is asked for again under the same id. */
final class Starting {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private Starting() {}

  /**
   * @throws CommandException when it is unknown whether the job was started
   */
  static StartJobResponse start(Servers servers, StartJobRequest request)
      throws IOException, StatusException, InterruptedException {
    try {
      return servers.ask(Api.START_JOB, request, DEADLINE);
    } catch (UnreachableException e) {
      throw e;
    } catch (IOException e) {
      if (CertificateTrouble.behind(e) != null) {
        throw e;
      }
      throw unsure(request, String.valueOf(e.getMessage()));
    } catch (StatusException e) {
      if (e.code() == StatusCode.DEADLINE_EXCEEDED) {
        throw unsure(request, ErrorText.of(e));
      }
      throw e;
    }
  }

  private static CommandException unsure(StartJobRequest request, String trouble) {
    return new CommandException(
        trouble
            + "\nwhether the job was started is unknown; to see: orrery status "
            + request.getJobId());
  }
}
