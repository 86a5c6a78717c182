package io.orrery.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job at one moment: what was asked, whose it is, where it runs, and what became of it. */
public record Job(
    JobId id,
    JobSpec spec,
    String owner,
    Site site,
    Instant createTime,
    JobState state,
    StreamBytes bytes,
    @Nullable OutputRemoval outputRemoval,
    @Nullable OutputLoss outputLoss) {

  /** A job with its output. */
  public Job(
      JobId id,
      JobSpec spec,
      String owner,
      Site site,
      Instant createTime,
      JobState state,
      StreamBytes bytes) {
    this(id, spec, owner, site, createTime, state, bytes, null, null);
  }

  /** The worker that runs a job, and the number of the run. */
  public record Site(String workerId, String workerName, int attempt) {}

  /** The bytes of both streams so far; after the end, of all. */
  public record StreamBytes(long stdout, long stderr) {
    public static final StreamBytes NONE = new StreamBytes(0, 0);

    /** Those of one stream. */
    public long of(StandardStream stream) {
      return switch (stream) {
        case STDOUT -> stdout;
        case STDERR -> stderr;
      };
    }

    /** The same with another number for one stream. */
    public StreamBytes with(StandardStream stream, long bytes) {
      return switch (stream) {
        case STDOUT -> new StreamBytes(bytes, stderr);
        case STDERR -> new StreamBytes(stdout, bytes);
      };
    }

    /** Of each stream the larger number. */
    public StreamBytes max(StreamBytes other) {
      return new StreamBytes(Math.max(stdout, other.stdout), Math.max(stderr, other.stderr));
    }
  }

  /** The same job in another state. */
  public Job in(JobState next) {
    if (state.isTerminal()) {
      throw new IllegalStateException("job " + id + " has ended as " + state.name());
    }
    OutputLoss loss = outputLoss;
    if (loss != null && next instanceof JobState.Ended ended) {
      loss = loss.until(ended.completion().endTime());
    }
    return new Job(id, spec, owner, site, createTime, next, bytes, outputRemoval, loss);
  }

  /** The same job with other byte totals. */
  public Job with(StreamBytes totals) {
    return new Job(id, spec, owner, site, createTime, state, totals, outputRemoval, outputLoss);
  }

  /** The same job, whose output is gone. */
  public Job without(OutputRemoval removal) {
    return new Job(id, spec, owner, site, createTime, state, bytes, removal, outputLoss);
  }

  /** The same job, whose output may not be whole. */
  public Job with(OutputLoss loss) {
    return new Job(id, spec, owner, site, createTime, state, bytes, outputRemoval, loss);
  }

  /** Its main process, from the start on; null before, and for a job that could not be started. */
  public JobState.@Nullable ProcessStart process() {
    return switch (state) {
      case JobState.Queued ignored -> null;
      case JobState.Starting ignored -> null;
      case JobState.Running running -> running.start();
      case JobState.Stopping stopping -> stopping.start();
      case JobState.Ended ended -> ended.completion().start();
    };
  }

  /** When its process was started; null before. */
  public @Nullable Instant startTime() {
    JobState.ProcessStart process = process();
    return process == null ? null : process.startTime();
  }
}
