package io.orrery.output;

import io.orrery.job.StandardStream;
import java.io.IOException;

/**
 * Finds where the last lines of a stream begin, reading it backwards, block by block, no further
 * than needed. A line ends after its newline; bytes after the last newline are a line too. Blocks.
 */
final class LastLines {
  private static final int BLOCK = 64 * 1024;

  private final OutputFiles files;
  private final long count;

  LastLines(OutputFiles files, long count) {
    this.files = files;
    this.count = count;
  }

  /** The place of the first byte of the last lines, in a stream of this size. */
  long start(StandardStream stream, long size) throws IOException {
    if (count == 0) {
      return size;
    }
    long found = 0;
    long first = files.starts().firsts().of(stream);
    for (long end = size; end > first; end -= BLOCK) {
      long from = Math.max(first, end - BLOCK);
      byte[] block = files.read(stream, from, (int) (end - from));
      for (int at = block.length - 1; at >= 0; at--) {
        // The newline at the very end ends the last line: it is not before a line.
        if (block[at] == '\n' && from + at + 1 < size && ++found == count) {
          return from + at + 1;
        }
      }
    }
    // Lines that were dropped are told of as a gap.
    return files.starts().hasDropped(stream) ? 0 : first;
  }
}
