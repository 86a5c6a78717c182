package io.orrery.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Does several things at a time, a bounded number; the exit code is the highest of theirs. */
final class Branches {
  /** Below the streams that a server allows on a connection. */
  static final int AT_ONE_TIME = 64;

  /** Until one that has no exit code yet is asked again. */
  private static final long PAUSE_MILLIS = 1_000;

  private final Console console;
  private final List<Branch> branches;
  private final AtomicInteger highest = new AtomicInteger();

  Branches(Console console, List<Branch> branches) {
    this.console = console;
    this.branches = branches;
  }

  /**
   * @param timeout after which the rest is given up; null is never
   */
  int run(@Nullable Duration timeout) throws InterruptedException {
    if (branches.size() == 1 && timeout == null) {
      Branch only = branches.getFirst();
      while (!run(only, false)) {
        Thread.sleep(PAUSE_MILLIS);
      }
      return highest.get();
    }
    Semaphore room = new Semaphore(AT_ONE_TIME, true);
    CountDownLatch rest = new CountDownLatch(branches.size());
    List<Thread> threads = new ArrayList<>();
    for (Branch branch : branches) {
      threads.add(Thread.startVirtualThread(() -> run(branch, room, rest)));
    }
    if (timeout == null) {
      rest.await();
    } else if (!rest.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      console.say(
          rest.getCount()
              + " of "
              + branches.size()
              + " jobs had not ended after "
              + TimeText.millis(timeout.toMillis()));
      threads.forEach(Thread::interrupt);
      return ExitCode.OURS;
    }
    return highest.get();
  }

  private void run(Branch branch, Semaphore room, CountDownLatch rest) {
    try {
      while (!runOnce(branch, room)) {
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException givenUp) {
      // Nobody knows its end, which must not be taken for a success.
      highest.accumulateAndGet(ExitCode.OURS, Math::max);
    } finally {
      rest.countDown();
    }
  }

  private boolean runOnce(Branch branch, Semaphore room) throws InterruptedException {
    room.acquire();
    try {
      return run(branch, branches.size() > 1);
    } finally {
      room.release();
    }
  }

  /** Whether it is over. */
  private boolean run(Branch branch, boolean named) {
    int code;
    try {
      code = branch.work().call();
    } catch (InterruptedException givenUp) {
      code = ExitCode.OURS;
    } catch (Exception e) {
      code = Failures.tell(named ? console.named(branch.name()) : console, e);
    }
    if (code == Branch.LATER) {
      return false;
    }
    highest.accumulateAndGet(code, Math::max);
    return true;
  }
}
