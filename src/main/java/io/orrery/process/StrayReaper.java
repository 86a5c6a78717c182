package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Waiting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Waits for the orphans that jobs left to this process, which is their subreaper, and never for a
 * main process: its status is somebody's to take. Thread-safe.
 */
final class StrayReaper {
  private static final Logger LOG = System.getLogger(StrayReaper.class.getName());

  private final ReadWriteLock spawns = new ReentrantReadWriteLock();
  private final Supplier<Set<Integer>> mains;

  /** {@code mains} answers with the main processes that have not been waited for. */
  StrayReaper(Supplier<Set<Integer>> mains) {
    this.mains = mains;
  }

  /** Held from before a spawn until the child is among the mains. */
  Lock spawning() {
    return spawns.readLock();
  }

  /** Waits for every stray that has ended. Blocks for spawns under way, a few milliseconds. */
  void sweep() {
    try {
      if (Waiting.waitid_peek().isPresent()) {
        spawns.writeLock().lock();
        try {
          reap(mains.get());
        } finally {
          spawns.writeLock().unlock();
        }
      }
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
