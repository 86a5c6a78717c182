package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.StandardStream;

/** A stretch of a stream on its way to a reader: bytes, or the word that they are gone. */
sealed interface Passage {
  StandardStream stream();

  /** The place after it. */
  long end();

  /** The memory that it holds. */
  long weight();

  record Bytes(OutputChunk chunk) implements Passage {
    @Override
    public StandardStream stream() {
      return chunk.stream();
    }

    @Override
    public long end() {
      return chunk.end();
    }

    @Override
    public long weight() {
      return chunk.bytes().length();
    }
  }

  record Missing(OutputGap gap) implements Passage {
    @Override
    public StandardStream stream() {
      return gap.stream();
    }

    @Override
    public long end() {
      return gap.to();
    }

    @Override
    public long weight() {
      return 0;
    }
  }
}
