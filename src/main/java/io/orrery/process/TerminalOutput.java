package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/**
 * Appends what a job writes to its terminal to the file {@code stdout}. While the disk takes
 * nothing the terminal is not read, and the job waits; nothing is dropped before the job is over.
 * For the loop's thread.
 */
final class TerminalOutput {
  private static final Logger LOG = System.getLogger(TerminalOutput.class.getName());
  private static final byte[] NOTHING = new byte[0];
  private static final int PIECE = 16 << 10;
  private static final int PIECES_A_TURN = 64;

  /** How often the disk is asked again after the job's end, every {@link StreamLoop#PAUSE}. */
  private static final int LAST_TRIES = 20;

  private final int master;
  private final int slave;
  private final int file;
  private final CompletableFuture<String> drained = new CompletableFuture<>();
  private byte[] pending = NOTHING;
  private int written;
  private int triesLeft = LAST_TRIES;
  private boolean finishing;
  private boolean complained;
  private String lost = "";

  /** What became of a turn. */
  enum Turn {
    /** There is nothing now, or more than a turn's worth. */
    READ,
    /** The disk takes nothing. */
    STUCK,
    /** The job is over, and all of it on file. */
    DRAINED
  }

  TerminalOutput(Wiring.Kept kept) {
    master = kept.descriptor();
    slave = kept.slave();
    file = kept.file();
  }

  int master() {
    return master;
  }

  /**
   * Completes when the job was over and all that it wrote is on file, with ""; or with the error of
   * a disk that does not take the rest.
   */
  CompletableFuture<String> drained() {
    return drained;
  }

  /** Nobody of the job is left: what can be read now is all. */
  void finish() {
    if (!finishing) {
      finishing = true;
      Wiring.close(slave);
    }
  }

  /** Reads and appends what there is. */
  Turn turn() {
    for (int i = 0; i < PIECES_A_TURN || finishing; i++) {
      if (!append()) {
        return finishing && triesLeft-- <= 0 ? Turn.DRAINED : Turn.STUCK;
      }
      pending = read();
      written = 0;
      if (pending.length == 0) {
        return finishing ? Turn.DRAINED : Turn.READ;
      }
    }
    return Turn.READ;
  }

  /** None when there are none now, or never again. */
  private byte[] read() {
    try {
      return Descriptors.readNow(master, PIECE).orElse(NOTHING);
    } catch (PosixException e) {
      if (!e.is(Errno.EIO)) { // the usual end: nobody has the terminal open
        LOG.log(Level.ERROR, "reading a job's terminal", e);
      }
      return NOTHING;
    }
  }

  /** False when the disk does not take all of it. */
  private boolean append() {
    try {
      while (written < pending.length) {
        written += Descriptors.write(file, pending, written);
      }
      complained = false;
      lost = "";
      return true;
    } catch (PosixException e) {
      lost = Errno.nameOf(e.errno());
      if (!complained) {
        complained = true;
        LOG.log(Level.ERROR, "the terminal of a job waits for the disk: {0}", e.getMessage());
      }
      return false;
    }
  }

  /** It has been drained. */
  void close() {
    Wiring.close(master);
    Wiring.close(file);
    drained.complete(lost);
  }
}
