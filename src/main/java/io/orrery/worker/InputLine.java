package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.process.InputState;
import io.orrery.process.LiveInput;
import io.orrery.process.Runner;
import io.orrery.process.StreamSetup.WindowSize;
import io.orrery.v1.StdinCloseReason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of all input of one job to its runner: one order at a time, at the job's pace, of the
 * client that attached last. It holds what that one has sent beyond what has arrived. For the
 * worker's context; the runner is asked on the pool.
 */
final class InputLine {
  private final Job job;
  private final Ways ways;
  private final Runnable whenIdle;
  private final Deque<Piece> pending = new ArrayDeque<>();
  private @Nullable Attachment holder;
  private @Nullable WindowSize size;
  private boolean endAsked;
  private boolean busy;
  private boolean full;

  /** How the runner is reached. */
  record Ways(Context context, WorkerExecutor pool, Runner runner) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Piece(long offset, byte[] bytes) {
    long end() {
      return offset + bytes.length;
    }
  }

  /** {@code whenIdle} is called when nobody holds the line and nothing is under way. */
  InputLine(Job job, Ways ways, Runnable whenIdle) {
    this.job = job;
    this.ways = ways;
    this.whenIdle = whenIdle;
  }

  /** Gives the line to a client that has just attached. */
  void attach(Attachment next) {
    if (holder != null) {
      holder.close(StdinCloseReason.STDIN_CLOSE_REASON_TAKEN_OVER);
    }
    forget();
    holder = next;
    pump();
  }

  /** The client has gone, whether it held the line or not. */
  void detach(Attachment gone) {
    if (holder == gone) {
      forget();
      holder = null;
      pump();
    }
  }

  /** What has not arrived is sent again by who attaches again. */
  private void forget() {
    pending.clear();
    endAsked = false;
    size = null;
  }

  void bytes(Attachment from, byte[] bytes) {
    if (holder == from && !from.isClosed()) {
      pending.add(new Piece(from.sent(bytes.length), bytes));
      pump();
    }
  }

  void end(Attachment from) {
    if (holder == from && !from.isClosed()) {
      endAsked = true;
      pump();
    }
  }

  void resize(Attachment from, WindowSize wanted) {
    if (holder == from) {
      size = wanted;
      pump();
    }
  }

  private void pump() {
    if (busy) {
      return;
    }
    Attachment of = holder;
    if (of == null) {
      if (!full) {
        whenIdle.run();
      }
      return;
    }
    WindowSize wanted = size;
    Piece piece = pending.peek();
    if (!of.hasBegun() && !of.isClosed()) {
      order(input -> input.feed(0, new byte[0]));
    } else if (wanted != null) {
      size = null;
      order(
          input -> {
            input.resize(wanted);
            return input.feed(0, new byte[0]);
          });
    } else if (piece != null && !full) {
      order(input -> input.feed(piece.offset, piece.bytes));
    } else if (endAsked && piece == null && !full) {
      order(LiveInput::end);
    }
  }

  private void order(Function<LiveInput, InputState> order) {
    busy = true;
    String id = job.id().value();
    ways.pool()
        .executeBlocking(() -> order.apply(ways.runner().input(id)), false)
        .onComplete(
            state -> {
              busy = false;
              heard(state);
              pump();
            },
            failure -> {
              busy = false;
              if (holder != null) {
                holder.fail(failure);
              }
            });
  }

  private void heard(InputState state) {
    Attachment of = holder;
    switch (state.status()) {
      case OPEN -> {
        drop(state.offset());
        if (!state.room()) {
          awaitRoom();
        }
        if (of != null && of.hasBegun()) {
          of.arrived(state.offset());
        } else if (of != null) {
          of.begin(state.offset());
        }
      }
      case ENDED -> ended(of);
      case CLOSED -> close(of, StdinCloseReason.STDIN_CLOSE_REASON_CLOSED);
    }
  }

  /** A terminal has no end: it has had the character for it, and goes on. */
  private void ended(@Nullable Attachment of) {
    if (job.spec().terminal() == null) {
      close(of, StdinCloseReason.STDIN_CLOSE_REASON_ENDED);
    }
    endAsked = false;
  }

  private void close(@Nullable Attachment of, StdinCloseReason reason) {
    forget();
    if (of != null) {
      of.close(reason);
    }
  }

  private void drop(long arrived) {
    while (!pending.isEmpty() && pending.getFirst().offset < arrived) {
      Piece piece = pending.removeFirst();
      if (piece.end() > arrived) {
        int taken = (int) (arrived - piece.offset);
        pending.addFirst(
            new Piece(arrived, Arrays.copyOfRange(piece.bytes, taken, piece.bytes.length)));
      }
    }
  }

  private void awaitRoom() {
    if (full) {
      return;
    }
    full = true;
    String id = job.id().value();
    ways.pool()
        .executeBlocking(() -> ways.runner().input(id).whenRoom(), false)
        .compose(room -> Future.fromCompletionStage(room, ways.context()))
        .onComplete(
            _ -> {
              full = false;
              pump();
            });
  }
}
