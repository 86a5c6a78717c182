package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputLoss;
import io.orrery.v1.OutputRemoval;
import io.orrery.v1.OutputStream;

/** Says what a job is and what became of it, in words. */
final class JobText {
  private static final int SHORT_ID = 8;

  private JobText() {}

  static String state(JobState state) {
    return state == JobState.UNRECOGNIZED
        ? "in a state of a later version"
        : withoutPrefix(state.name(), "JOB_STATE_");
  }

  static String shortId(Job job) {
    String id = job.getJobId();
    return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
  }

  static boolean hasEnded(Job job) {
    return job.getState() == JobState.UNRECOGNIZED
        ? job.hasEndTime()
        : job.getStateValue() >= JobState.JOB_STATE_SUCCEEDED_VALUE;
  }

  /** The command line, for people to recognise. */
  static String command(JobSpec spec) {
    StringBuilder text = new StringBuilder(spec.getCommand());
    if (!spec.getPath().isEmpty()) {
      text.append(' ').append(spec.getPath());
    }
    for (String argument : spec.getArgsList()) {
      text.append(' ');
      text.append(
          argument.isEmpty() || argument.indexOf(' ') >= 0 ? "'" + argument + "'" : argument);
    }
    return text.toString();
  }

  /** How it ended in a few words: {@code exit 3}, {@code SIGKILL}; empty while it has not. */
  static String end(Job job) {
    JobEnd end = job.getEnd();
    String text =
        switch (end.getCause()) {
          case END_CAUSE_EXITED -> "exit " + end.getExitCode();
          case END_CAUSE_SIGNALLED -> signal(end);
          case END_CAUSE_OOM_KILLED ->
              "out of memory"
                  + (end.hasExitCode() ? ", exit " + end.getExitCode() : "")
                  + (end.hasSignal() ? ", " + signal(end) : "");
          case END_CAUSE_START_FAILED ->
              end.getErrno().isEmpty() ? "never started" : "not started: " + end.getErrno();
          case END_CAUSE_OUTPUT_LIMIT -> "output limit";
          case END_CAUSE_UNOBSERVED -> "end not seen";
          case END_CAUSE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    int survivors = end.getSurvivingPidsCount();
    return survivors == 0 ? text : text + ", processes left: " + end.getSurvivingPidsList();
  }

  private static String signal(JobEnd end) {
    return SignalName.of(end.getSignal()) + (end.getCoreDumped() ? " (core dumped)" : "");
  }

  /** What a shell would say about its end; empty where the exit code says all. */
  static String obituary(Job job) {
    JobEnd end = job.getEnd();
    String more = end.getMessage().isEmpty() ? "" : ": " + end.getMessage();
    String name = "job " + shortId(job);
    return switch (job.getState()) {
      case JOB_STATE_SUCCEEDED -> "";
      case JOB_STATE_FAILED ->
          switch (end.getCause()) {
            case END_CAUSE_EXITED -> "";
            case END_CAUSE_START_FAILED ->
                "cannot start "
                    + (more.isEmpty()
                        ? job.getSpec().getCommand() + ": " + end.getErrno()
                        : more.substring(2));
            default -> name + " ended: " + end(job) + more;
          };
      case JOB_STATE_STOPPED -> name + " was stopped: " + end(job) + more;
      case JOB_STATE_TIMED_OUT ->
          !job.hasStartTime()
              ? name + " was never started" + more
              : name
                  + " was stopped after its timeout of "
                  + TimeText.of(job.getSpec().getTimeout());
      case JOB_STATE_LOST -> name + " is lost, nobody saw how it ended" + more;
      default -> name + " has not ended: " + state(job.getState());
    };
  }

  static String gap(OutputGap gap) {
    String stream = gap.getStream() == OutputStream.OUTPUT_STREAM_STDERR ? "stderr" : "stdout";
    String why =
        switch (gap.getReason()) {
          case GAP_REASON_LIMIT -> "dropped at the stream's size limit";
          case GAP_REASON_RETENTION -> "dropped by the worker's retention";
          case GAP_REASON_LOST -> "lost by the worker";
          case GAP_REASON_UNSPECIFIED, UNRECOGNIZED -> "dropped";
        };
    return (gap.getToOffset() - gap.getFromOffset())
        + " bytes of "
        + stream
        + " are missing from offset "
        + gap.getFromOffset()
        + ": "
        + why;
  }

  /** What of the output may be missing, or is. */
  static String loss(OutputLoss loss) {
    if (loss.getCertain()) {
      return "the last of its output is missing: the worker's disk did not take it ("
          + loss.getErrno()
          + ")";
    }
    return "the worker's disk was full from "
        + TimeText.seconds(loss.getStartTime())
        + (loss.hasEndTime() ? " to " + TimeText.seconds(loss.getEndTime()) : " on")
        + ": output of that time may be missing ("
        + loss.getErrno()
        + ")";
  }

  /** When and why the output went. */
  static String removal(OutputRemoval removal) {
    String why =
        switch (removal.getRule()) {
          case RETENTION_RULE_AGE -> "it was kept as long as it should be";
          case RETENTION_RULE_JOBS -> "the worker had that of too many jobs";
          case RETENTION_RULE_BYTES -> "the worker had too much of it";
          case RETENTION_RULE_UNSPECIFIED, UNRECOGNIZED -> "a rule that is not known here";
        };
    return "removed " + TimeText.seconds(removal.getRemoveTime()) + ": " + why;
  }

  /** How long it has run, or ran; empty before the start. */
  static String duration(Job job, Timestamp now) {
    if (!job.hasStartTime()) {
      return "";
    }
    return TimeText.between(job.getStartTime(), job.hasEndTime() ? job.getEndTime() : now);
  }

  static String withoutPrefix(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }
}
