package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.process.StreamSetup.WindowSize;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The inputs and terminals of a runner's jobs that have one. Thread-safe. */
final class LiveStreams implements AutoCloseable {
  /** For a job without a live input, or one that has ended. */
  static final LiveInput NOBODY = new Nobody();

  private final Map<String, Live> jobs = new ConcurrentHashMap<>();
  private @Nullable StreamLoop loop;

  private record Live(LocalInput input, @Nullable TerminalOutput terminal) {}

  private static final class Nobody implements LiveInput {
    @Override
    public InputState feed(long offset, byte[] bytes) {
      return InputState.GONE;
    }

    @Override
    public InputState end() {
      return InputState.GONE;
    }

    @Override
    public CompletableFuture<InputState> whenRoom() {
      return CompletableFuture.completedFuture(InputState.GONE);
    }

    @Override
    public void resize(WindowSize size) {
      // There is no terminal.
    }
  }

  /** What a job needs that is about to start; to be called before there is a process. */
  Wiring wire(Launch launch) throws StartFailure {
    try {
      if (launch.streams().isLive()) {
        begin();
      }
      return Wiring.of(launch.streams(), launch.directory());
    } catch (PosixException e) {
      throw new StartFailure("the job's live input: " + e.call(), e);
    }
  }

  /** Only a runner that has such a job pays for the thread. */
  private synchronized void begin() throws PosixException {
    if (loop == null) {
      loop = new StreamLoop();
    }
  }

  private synchronized @Nullable StreamLoop loop() {
    return loop;
  }

  /** The job has started. */
  void begin(String jobId, Wiring wiring) {
    StreamLoop reading = loop();
    Wiring.@Nullable Kept kept = wiring.keep();
    if (kept == null || reading == null) {
      return;
    }
    LocalInput input = new LocalInput(kept, reading);
    TerminalOutput terminal = kept.isTerminal() ? new TerminalOutput(kept) : null;
    jobs.put(jobId, new Live(input, terminal));
    if (terminal != null) {
      reading.read(terminal);
    }
  }

  LiveInput input(String jobId) {
    Live live = jobs.get(jobId);
    return live == null ? NOBODY : live.input;
  }

  /** The job is over: as {@link TerminalOutput#drained} of its terminal, if it has one. */
  CompletableFuture<String> finish(String jobId) {
    Live live = jobs.remove(jobId);
    if (live == null) {
      return CompletableFuture.completedFuture("");
    }
    live.input.close();
    TerminalOutput terminal = live.terminal;
    StreamLoop reading = loop();
    if (terminal == null || reading == null) {
      return CompletableFuture.completedFuture("");
    }
    reading.finish(terminal);
    return terminal.drained();
  }

  /** Terminals are read no more. */
  @Override
  public void close() {
    StreamLoop reading = loop();
    if (reading != null) {
      reading.close();
    }
  }
}
