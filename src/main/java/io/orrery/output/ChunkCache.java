package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole pieces that were read last, so that readers who are about as far as each other share
 * one read and one encoding. Only of jobs that several readers read, and at most 16 MiB: what is
 * kept costs the garbage collector more than reading it again. Thread-safe.
 */
final class ChunkCache {
  private static final int MOST = 16 * 1024 * 1024 / Piece.LARGEST;

  private final Map<JobId, Integer> readers = new HashMap<>();
  private final Map<Key, OutputChunk> chunks = new LinkedHashMap<>(MOST * 2, 0.75f, true);

  /** A reader of the job has come. */
  synchronized void enter(JobId job) {
    readers.merge(job, 1, Integer::sum);
  }

  /** A reader of the job has gone. */
  synchronized void exit(JobId job) {
    if (readers.merge(job, -1, Integer::sum) <= 1) {
      chunks.keySet().removeIf(key -> key.job().equals(job));
      readers.remove(job, 0);
    }
  }

  /** The chunk of a whole piece, or null. */
  synchronized @Nullable OutputChunk find(JobId job, Piece piece) {
    return chunks.get(new Key(job, piece.stream(), piece.from()));
  }

  /** Keeps a chunk, and returns the one to use: an equal one if that was here before. */
  synchronized OutputChunk keep(OutputChunk chunk) {
    if (readers.getOrDefault(chunk.job(), 0) < 2) {
      return chunk;
    }
    Key key = new Key(chunk.job(), chunk.stream(), chunk.offset());
    OutputChunk earlier = chunks.putIfAbsent(key, chunk);
    if (chunks.size() > MOST) {
      chunks.remove(chunks.keySet().iterator().next());
    }
    return earlier == null ? chunk : earlier;
  }

  private record Key(JobId job, StandardStream stream, long offset) {}
}
