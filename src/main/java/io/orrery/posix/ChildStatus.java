package io.orrery.posix;

import java.time.Duration;

/**
 * How a child ended and what it used.
 *
 * @param status the raw wait status
 * @param userTime CPU time in user mode, the child's and that of its descendants that were waited
 *     for; exact to a microsecond
 * @param maxRss the largest resident set of any of these processes, in bytes; see {@link
 *     Waiting#getrusage()} for what else it may contain
 */
public record ChildStatus(int status, Duration userTime, Duration systemTime, long maxRss) {

  /** Whether it called exit; otherwise a signal ended it. WIFEXITED. */
  public boolean exited() {
    return (status & 0x7f) == 0;
  }

  /** 0 to 255; meaningful only if it {@link #exited()}. WEXITSTATUS. */
  public int exitCode() {
    return (status >> 8) & 0xff;
  }

  /** The signal that ended it; meaningful only if it has not {@link #exited()}. WTERMSIG. */
  public int signal() {
    return status & 0x7f;
  }

  /** WCOREDUMP. */
  public boolean coreDumped() {
    return (status & 0x80) != 0;
  }
}
