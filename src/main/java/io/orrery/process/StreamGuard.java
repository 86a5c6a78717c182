package io.orrery.process;

import io.orrery.job.StandardStream;
import io.orrery.job.StopLimit;
import io.orrery.job.StopLimit.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Has jobs stopped that print more than they may, by the sizes of their files; for a runner whose
 * worker, which has better eyes, is away. For one thread.
 */
final class StreamGuard {
  private final RecordKeeper records;
  private final BiConsumer<JobTerms, Duration> stop;
  private final Map<JobTerms, Verdict> told = new HashMap<>();

  /** {@code stop} gets the grace that the job has. */
  StreamGuard(RecordKeeper records, BiConsumer<JobTerms, Duration> stop) {
    this.records = records;
    this.stop = stop;
  }

  /** Looks at these jobs, all that are alive, and says how soon to look again. */
  Duration look(Collection<JobTerms> alive) {
    told.keySet().retainAll(alive);
    Duration next = StopLimit.USUAL_PACE;
    for (JobTerms job : alive) {
      if (!job.streamLimit().isNone()) {
        long size = largest(job.directory());
        judge(job, job.streamLimit().verdict(size));
        Duration pace = job.streamLimit().pace(size);
        next = pace.compareTo(next) < 0 ? pace : next;
      }
    }
    return next;
  }

  private void judge(JobTerms job, Verdict verdict) {
    Verdict before = told.getOrDefault(job, Verdict.WITHIN);
    if (verdict.compareTo(before) <= 0) {
      return;
    }
    told.put(job, verdict);
    if (before == Verdict.WITHIN) {
      mark(job);
    }
    stop.accept(job, verdict == Verdict.FAR_OVER ? Duration.ZERO : job.stopGrace());
  }

  /** Another run of the job may have the directory by the time that the disk takes it. */
  private void mark(JobTerms job) {
    Path file = LimitMark.file(job.directory());
    records.write(
        file,
        () -> {
          if (AttemptRecord.read(job.directory())
              .filter(record -> record.attempt() == job.attempt())
              .isPresent()) {
            Files.writeString(file, "");
          }
        });
  }

  private static long largest(Path directory) {
    long largest = 0;
    for (StandardStream stream : StandardStream.values()) {
      try {
        largest = Math.max(largest, Files.size(directory.resolve(stream.fileName())));
      } catch (IOException notThere) {
        // Nothing was written, or the directory has gone.
      }
    }
    return largest;
  }
}
