package io.orrery.cli;

import io.orrery.v1.StartJobRequest;
import io.orrery.v1.Terminal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The terminal of a job that is to be like ours. */
final class JobTerminal {
  private JobTerminal() {}

  /** Ours, for a job that is to be typed on; null, and said so as ssh does, where we have none. */
  static @Nullable LocalTerminal local(Console console) {
    Optional<LocalTerminal> own = LocalTerminal.find();
    if (own.isEmpty()) {
      console.say(
          "the job gets no terminal, since our standard input is none; its input is live all the"
              + " same, as with -i");
    }
    return own.orElse(null);
  }

  /** The request as it is where there is none of ours, else with a terminal like that. */
  static StartJobRequest add(
      StartJobRequest request, @Nullable LocalTerminal own, Session session) {
    return own == null ? request : with(request, session);
  }

  /** The request with a terminal: like ours, or as it is of old where we have none. */
  static StartJobRequest with(StartJobRequest request, Session session) {
    Terminal.Builder terminal =
        Terminal.newBuilder().setTerm(session.environment().getOrDefault("TERM", ""));
    LocalTerminal.size().ifPresent(terminal::setSize);
    return request.toBuilder().setTerminal(terminal).build();
  }
}
