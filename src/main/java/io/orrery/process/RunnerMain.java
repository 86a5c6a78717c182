package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Subreaper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The runner as a process of its own: the parent of a worker's jobs, which goes on whatever becomes
 * of the worker. {@code RunnerMain DATA BUILD IDLE_MILLIS}
 */
final class RunnerMain {
  private RunnerMain() {}

  @SuppressWarnings("SystemExitOutsideMain")
  public static void main(String[] args) throws IOException, PosixException {
    RunnerLog.install();
    // It ends when there is nothing left to do. A signal that was meant for the worker's group, or
    // a SIGTERM of somebody who tidies up, would cost the exit codes of all jobs.
    for (Signal signal : new Signal[] {Signal.HUP, Signal.INT, Signal.TERM, Signal.PIPE}) {
      Signals.signal_ignore(signal.number());
    }
    Subreaper.prctl_set_child_subreaper();
    new RunnerServer(Path.of(args[0]), args[1], Duration.ofMillis(Long.parseLong(args[2]))).run();
  }
}
