package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import io.orrery.posix.PseudoTerminal;
import io.orrery.process.InputState.Status;
import io.orrery.process.StreamSetup.WindowSize;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/** A live input whose descriptor is ours: the write end of a pipe, or the master of a terminal. */
final class LocalInput implements LiveInput {
  private static final Logger LOG = System.getLogger(LocalInput.class.getName());
  private static final byte[] EOT = {4};

  private final int descriptor;
  private final boolean terminal;
  private final StreamLoop loop;
  private long offset;
  private Status status = Status.OPEN;
  private boolean room = true;
  private CompletableFuture<InputState> waiting = CompletableFuture.completedFuture(null);

  LocalInput(Wiring.Kept kept, StreamLoop loop) {
    this.descriptor = kept.descriptor();
    this.terminal = kept.isTerminal();
    this.loop = loop;
  }

  int descriptor() {
    return descriptor;
  }

  @Override
  public synchronized InputState feed(long from, byte[] bytes) {
    if (from > offset) {
      throw new IllegalArgumentException(
          "bytes of the input are missing: " + offset + " have come, and these begin at " + from);
    }
    long known = offset - from;
    if (status == Status.OPEN && known < bytes.length) {
      int taken = write(bytes, (int) known);
      offset += taken;
      room = known + taken == bytes.length;
    }
    return state();
  }

  @Override
  public synchronized InputState end() {
    if (status == Status.OPEN && terminal) {
      room = write(EOT, 0) == 1;
      return room ? new InputState(offset, true, Status.ENDED) : state();
    }
    if (status == Status.OPEN) {
      close(Status.ENDED);
    }
    return state();
  }

  /** None when there is no room, or nobody who reads. */
  private int write(byte[] bytes, int from) {
    try {
      return Descriptors.write(descriptor, bytes, from);
    } catch (PosixException e) {
      LOG.log(Level.DEBUG, "nobody reads an input: {0}", e.getMessage());
      close(Status.CLOSED);
      return 0;
    }
  }

  @Override
  public CompletableFuture<InputState> whenRoom() {
    synchronized (this) {
      if (status != Status.OPEN || room) {
        return CompletableFuture.completedFuture(state());
      }
      if (waiting.isDone()) {
        waiting = new CompletableFuture<>();
        loop.awaitRoom(this);
      }
      return waiting;
    }
  }

  /** There is room, or nobody who reads: the next write will tell. */
  void hasRoom() {
    CompletableFuture<InputState> told;
    InputState now;
    synchronized (this) {
      room = true;
      told = waiting;
      now = state();
    }
    told.complete(now);
  }

  @Override
  public synchronized void resize(WindowSize size) {
    if (terminal && status != Status.CLOSED) {
      try {
        PseudoTerminal.ioctl_tiocswinsz(descriptor, size.rows(), size.columns());
      } catch (PosixException e) {
        LOG.log(Level.WARNING, "a terminal keeps its size", e);
      }
    }
  }

  /** The job is over. The master of a terminal is closed by who reads it. */
  void close() {
    synchronized (this) {
      if (status == Status.OPEN) {
        close(Status.CLOSED);
      }
    }
    hasRoom();
  }

  private void close(Status as) {
    status = as;
    room = false;
    if (!terminal) {
      loop.closeLater(descriptor);
    }
  }

  private InputState state() {
    return new InputState(offset, room && status == Status.OPEN, status);
  }
}
