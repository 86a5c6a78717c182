package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.FileSpace;
import io.orrery.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops the oldest bytes of a job's streams, offsets unchanged: says so first, in the job
 * directory, and gives their space back then, so that nobody takes the zeros of a hole for bytes of
 * the job. For the thread of the job's tail; the space is given back on another, as that may wait
 * for the disk.
 */
final class Trimmer {
  private static final Logger LOG = LoggerFactory.getLogger(Trimmer.class);
  private static final int BLOCK = 4096;
  private static final long LEAST_STEP = 64 * 1024;
  private static final long MOST_STEP = 16 * 1024 * 1024;

  private final JobId job;
  private final OutputFiles files;
  private final Timeline timeline;
  private final long most;
  private final Executor punching;

  /** What is to be given back; null while nothing is. */
  private final AtomicReference<@Nullable Gone> wanted = new AtomicReference<>();

  private boolean resumed;

  /** What the files do not have any more, and the bytes of the timeline that tell of that alone. */
  private record Gone(FileStarts starts, long pastRecords) {}

  /** Keeps {@code most} bytes of each stream. */
  Trimmer(JobId job, OutputFiles files, long most, Executor punching) {
    this.job = job;
    this.files = files;
    this.timeline = new Timeline(files.timeline());
    this.most = most;
    this.punching = punching;
  }

  /** How much more than that a file may hold before it is worth the work. */
  private long step() {
    return Math.clamp(most / 8, LEAST_STEP, MOST_STEP);
  }

  /** How many bytes may be written before there is something to do. */
  long room(StreamBytes sizes) throws IOException {
    StreamBytes firsts = files.starts().firsts();
    long held = Math.max(sizes.stdout() - firsts.stdout(), sizes.stderr() - firsts.stderr());
    return most + step() - held;
  }

  /** Drops what is too much, if it is worth the work. */
  void trim(StreamBytes sizes) throws IOException {
    trim(sizes, step());
  }

  /** Drops all that is too much: nothing is written any more. */
  void trimAll(StreamBytes sizes) throws IOException {
    trim(sizes, 0);
    timeline.close();
  }

  private void trim(StreamBytes sizes, long slack) throws IOException {
    FileStarts starts = files.starts();
    StreamBytes firsts = starts.firsts();
    for (StandardStream stream : StandardStream.values()) {
      if (sizes.of(stream) - firsts.of(stream) > most + slack) {
        firsts = firsts.with(stream, sizes.of(stream) - most);
      }
    }
    // Whoever was here before may have died before the space was given back.
    boolean unfinished = !resumed && !firsts.equals(StreamBytes.NONE);
    if (!unfinished && firsts.equals(starts.firsts())) {
      return;
    }
    resumed = true;
    files.drop(firsts);
    if (wanted.getAndSet(new Gone(files.starts(), pastRecords(firsts))) == null) {
      punching.execute(this::punch);
    }
  }

  /** The bytes of the timeline that tell of dropped bytes only: reading zeros there is as good. */
  private long pastRecords(StreamBytes firsts) throws IOException {
    long index = timeline.firstBeyond(firsts, EnumSet.allOf(StandardStream.class));
    return Math.max(0, index - 1) * TimelineRecord.BYTES;
  }

  private void punch() {
    Gone gone = wanted.getAndSet(null);
    if (gone == null) {
      return;
    }
    FileStarts starts = gone.starts();
    try {
      for (StandardStream stream : StandardStream.values()) {
        punch(files.path(stream), starts.firsts().of(stream) - starts.origins().of(stream));
      }
      punch(files.timeline(), gone.pastRecords());
    } catch (IOException e) {
      LOG.warn("job {}: the space of dropped output cannot be given back", job, e);
    }
  }

  /** Makes a hole of the whole blocks before a place in a file. */
  private static void punch(Path file, long end) throws IOException {
    long blocks = end - end % BLOCK;
    if (blocks <= 0 || !Files.exists(file)) {
      return;
    }
    int descriptor = Descriptors.open(file.toString(), Descriptors.O_WRONLY, 0);
    try {
      FileSpace.fallocate(
          descriptor, FileSpace.FALLOC_FL_PUNCH_HOLE | FileSpace.FALLOC_FL_KEEP_SIZE, 0, blocks);
    } finally {
      Descriptors.close(descriptor);
    }
  }

  /**
   * Whether files of this directory can have holes made, as far as it can be tried: a disk that is
   * full now is believed to. Blocks for the disk.
   */
  static boolean isPossible(Path directory) {
    try {
      Path probe = Files.createTempFile(directory, "hole", "");
      try {
        Files.write(probe, new byte[BLOCK]);
        punch(probe, BLOCK);
      } finally {
        Files.deleteIfExists(probe);
      }
      return true;
    } catch (PosixException e) {
      return !e.is(Errno.EOPNOTSUPP);
    } catch (IOException e) {
      LOG.debug("holes could not be tried", e);
      return true;
    }
  }
}
