package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Waiting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for the orphans that jobs left to this process, which is their subreaper, and never for a
 * main process: its status is somebody's to take. Thread-safe.
 */
final class StrayReaper {
  private static final Logger LOG = System.getLogger(StrayReaper.class.getName());

  /** Enough for the spawns that are under way, unless one hangs; the next ones wait for us. */
  private static final long PATIENCE_MILLIS = 50;

  private final ReadWriteLock spawns = new ReentrantReadWriteLock();
  private final Supplier<Set<Integer>> mains;

  /** {@code mains} answers with the main processes that have not been waited for. */
  StrayReaper(Supplier<Set<Integer>> mains) {
    this.mains = mains;
  }

  /** Keeps the reaper away from children that are not among the mains yet. For one thread. */
  final class Spawning implements AutoCloseable {
    private final BooleanSupplier givenUp;
    private boolean begun;

    private Spawning(BooleanSupplier givenUp) {
      this.givenUp = givenUp;
    }

    /**
     * To be called before the first child is made, and after all that may hang without one.
     *
     * @throws StartFailure if nobody waits for the start any more
     */
    void begin() throws StartFailure {
      if (givenUp.getAsBoolean()) {
        throw StartFailure.tooLate();
      }
      if (!begun) {
        spawns.readLock().lock();
        begun = true;
      }
    }

    /** The child is among the mains, or has been waited for. */
    @Override
    public void close() {
      if (begun) {
        spawns.readLock().unlock();
        begun = false;
      }
    }
  }

  /** {@code givenUp} answers whether the start is to come to no process any more. */
  Spawning spawning(BooleanSupplier givenUp) {
    return new Spawning(givenUp);
  }

  /** Waits for every stray that has ended, unless a spawn hangs: then it is for another time. */
  void sweep() {
    try {
      if (Waiting.waitid_peek().isPresent()
          && spawns.writeLock().tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          reap(mains.get());
        } finally {
          spawns.writeLock().unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "orphans cannot be waited for", e);
    }
  }

  private static void reap(Set<Integer> mains) throws PosixException {
    Optional<Integer> next = Waiting.waitid_peek();
    while (next.isPresent() && !mains.contains(next.get())) {
      var unused = Waiting.wait4(next.get(), Waiting.WNOHANG);
      next = Waiting.waitid_peek();
    }
    if (next.isPresent()) {
      reapBehind(mains);
    }
  }

  /** A main process that waits for its leftovers is always the first that the kernel tells of. */
  private static void reapBehind(Set<Integer> mains) throws PosixException {
    long ours = ProcessHandle.current().pid();
    for (ProcessEntry entry : ProcessTable.read().entries()) {
      if (entry.parent() == ours && entry.gone() && !mains.contains(entry.pid())) {
        var unused = Waiting.wait4(entry.pid(), Waiting.WNOHANG);
      }
    }
  }
}
