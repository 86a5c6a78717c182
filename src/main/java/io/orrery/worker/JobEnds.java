package io.orrery.worker;

import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobState;
import io.orrery.job.OutputLoss;
import io.orrery.process.Exit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the end of a job from what the runner saw. */
final class JobEnds {
  private JobEnds() {}

  /** The end of a job that was stopped since it printed more than it may. */
  static JobState.Ended atLimit(JobState.@Nullable ProcessStart start, Exit exit) {
    JobState.Ended ended = of(start, exit);
    return ended.name() == JobState.Name.STOPPED
        ? new JobState.Ended(
            JobState.Name.FAILED,
            new JobEnd(new JobEnd.OutputLimit(), exit.survivors()),
            ended.completion())
        : ended;
  }

  /** The job with the loss that its exit tells of, if there is one. */
  static Job withLoss(Job job, Exit exit) {
    return exit.lost().isEmpty()
        ? job
        : job.with(OutputLoss.certain(exit.lost(), exit.endTime(), job.outputLoss()));
  }

  /** The same end with why the job was stopped, if that is how it ended. */
  static JobState.Ended because(String why, JobState.Ended ended) {
    return ended.name() == JobState.Name.STOPPED
        ? new JobState.Ended(ended.name(), ended.end().with(why), ended.completion())
        : ended;
  }

  /** The end of a job whose process ended. */
  static JobState.Ended of(JobState.@Nullable ProcessStart start, Exit exit) {
    JobEnd.Cause cause =
        switch (exit.cause()) {
          case Exit.Cause.Status status -> status(status);
          case Exit.Cause.OutOfMemory(Exit.Cause.Status status) ->
              new JobEnd.OutOfMemory(status == null ? null : status(status));
          case Exit.Cause.Unobserved _ ->
              new JobEnd.Unobserved(
                  "the runner died while the job ran, and was its parent; the exit is not known");
        };
    JobState.Name name =
        switch (exit.ending()) {
          case STOPPED -> JobState.Name.STOPPED;
          case TIMED_OUT -> JobState.Name.TIMED_OUT;
          case BY_ITSELF -> byItself(cause);
        };
    Completion completion = new Completion(start, endTime(start, exit.endTime()), exit.used());
    return new JobState.Ended(name, new JobEnd(cause, exit.survivors()), completion);
  }

  private static JobEnd.Status status(Exit.Cause.Status status) {
    return switch (status) {
      case Exit.Cause.Exited exited -> new JobEnd.Exited(exited.code());
      case Exit.Cause.Signalled signalled ->
          new JobEnd.Signalled(signalled.signal(), signalled.coreDumped());
    };
  }

  /** The clock may have been set back meanwhile; nothing lasts less than no time. */
  private static Instant endTime(JobState.@Nullable ProcessStart start, Instant time) {
    return start != null && start.startTime().isAfter(time) ? start.startTime() : time;
  }

  private static JobState.Name byItself(JobEnd.Cause cause) {
    if (cause instanceof JobEnd.Unobserved) {
      return JobState.Name.LOST;
    }
    return cause.equals(new JobEnd.Exited(0)) ? JobState.Name.SUCCEEDED : JobState.Name.FAILED;
  }

  /** The end of a job that could not be started. */
  static JobState.Ended startFailed(String errno, String message, Instant endTime) {
    return new JobState.Ended(
        JobState.Name.FAILED,
        new JobEnd(new JobEnd.StartFailed(errno, message)),
        Completion.unused(null, endTime));
  }

  /** The end of a job that nobody saw, and of which nobody is left. */
  static JobState.Ended lost(
      JobState.@Nullable ProcessStart start, String message, Instant endTime) {
    return lost(start, message, endTime, List.of());
  }

  /** The same for one of which processes are left that SIGKILL does not end. */
  static JobState.Ended lost(
      JobState.@Nullable ProcessStart start,
      String message,
      Instant endTime,
      List<Integer> survivors) {
    return new JobState.Ended(
        JobState.Name.LOST,
        new JobEnd(new JobEnd.Unobserved(message), survivors),
        Completion.unused(start, endTime(start, endTime)));
  }
}
