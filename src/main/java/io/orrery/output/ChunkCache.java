package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole pieces that were read last, so that readers who are about as far as each other share
 * one read and one encoding. At most 16 MiB. Thread-safe.
 */
final class ChunkCache {
  private static final int MOST = 16 * 1024 * 1024 / Piece.LARGEST;

  private final Map<Key, OutputChunk> chunks = new LinkedHashMap<>(MOST * 2, 0.75f, true);

  /** The chunk of a whole piece, or null. */
  synchronized @Nullable OutputChunk find(JobId job, Piece piece) {
    return chunks.get(new Key(job, piece.stream(), piece.from()));
  }

  /** Keeps a chunk, and returns the one to use: an equal one if that was here before. */
  synchronized OutputChunk keep(OutputChunk chunk) {
    Key key = new Key(chunk.job(), chunk.stream(), chunk.offset());
    OutputChunk earlier = chunks.putIfAbsent(key, chunk);
    if (chunks.size() > MOST) {
      chunks.remove(chunks.keySet().iterator().next());
    }
    return earlier == null ? chunk : earlier;
  }

  synchronized void clear() {
    chunks.clear();
  }

  private record Key(JobId job, StandardStream stream, long offset) {}
}
