package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.config.ConfigurationException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** Says what went wrong, on stderr, and with which exit code the command ends. */
final class Failures {
  private Failures() {}

  static int tell(Console console, Exception failure) {
    return switch (failure) {
      case OutputClosedException closed -> closed(console, closed);
      case CommandException ours -> {
        console.say(ours.getMessage());
        yield ours.exitCode();
      }
      case ConfigurationException wrong -> {
        console.say(String.valueOf(wrong.getMessage()));
        yield ExitCode.OURS;
      }
      case StatusException refused -> {
        console.say(ErrorText.of(refused));
        yield ExitCode.OURS;
      }
      case IOException lost -> {
        SSLException refusal = CertificateTrouble.behind(lost);
        console.say(
            refusal == null
                ? String.valueOf(lost.getMessage())
                : CertificateTrouble.explain(refusal));
        yield ExitCode.OURS;
      }
      case InterruptedException _ -> ExitCode.SIGNALLED + SignalName.INT;
      default -> {
        console.say("this is a fault of orrery itself, please report it: " + failure);
        for (StackTraceElement place : failure.getStackTrace()) {
          console.say("  at " + place);
        }
        yield ExitCode.OURS;
      }
    };
  }

  /** A pipe whose reader has left ends us as SIGPIPE would, without a word. */
  static int closed(Console console, OutputClosedException closed) {
    if (closed.isBrokenPipe()) {
      return ExitCode.SIGNALLED + SignalName.PIPE;
    }
    console.say("cannot write the output: " + closed.reason());
    return ExitCode.OURS;
  }
}
