package io.orrery.cli;

import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;

/** What a command ends with: the job's own code, or one that says why there is none. */
final class ExitCode {
  static final int SUCCESS = 0;

  /** The job's time was over, as with timeout(1). */
  static final int TIMED_OUT = 124;

  /** We failed, not the job: connection, authentication, placement, usage. */
  static final int OURS = 125;

  static final int NOT_EXECUTABLE = 126;
  static final int NOT_FOUND = 127;
  static final int SIGNALLED = 128;

  /** The configuration is wrong (sysexits.h). */
  static final int CONFIGURATION = 78;

  private ExitCode() {}

  /** That of a job; never 0 but for one whose own exit code 0 was received. */
  static int of(Job job) {
    JobEnd end = job.getEnd();
    return switch (job.getState()) {
      case JOB_STATE_SUCCEEDED -> exitOrSignal(end, OURS);
      case JOB_STATE_FAILED -> nonZero(failed(end));
      case JOB_STATE_STOPPED -> exitOrSignal(end, OURS);
      case JOB_STATE_TIMED_OUT -> TIMED_OUT;
      case JOB_STATE_LOST,
          JOB_STATE_QUEUED,
          JOB_STATE_STARTING,
          JOB_STATE_RUNNING,
          JOB_STATE_STOPPING,
          JOB_STATE_UNSPECIFIED,
          UNRECOGNIZED ->
          OURS;
    };
  }

  private static int failed(JobEnd end) {
    return switch (end.getCause()) {
      case END_CAUSE_EXITED, END_CAUSE_SIGNALLED, END_CAUSE_OUTPUT_LIMIT -> exitOrSignal(end, OURS);
      case END_CAUSE_OOM_KILLED -> exitOrSignal(end, SIGNALLED + SignalName.KILL);
      case END_CAUSE_START_FAILED -> startFailed(end.getErrno());
      case END_CAUSE_UNOBSERVED, END_CAUSE_UNSPECIFIED, UNRECOGNIZED -> OURS;
    };
  }

  private static int exitOrSignal(JobEnd end, int otherwise) {
    if (end.hasExitCode()) {
      return end.getExitCode() & 0xff;
    }
    return end.hasSignal() ? SIGNALLED + end.getSignal() : otherwise;
  }

  private static int nonZero(int code) {
    return code == 0 ? OURS : code;
  }

  /** As a shell does it (POSIX, 2.8.2): errno(3) of an execve(2) that failed. */
  private static int startFailed(String errno) {
    return switch (errno) {
      case "ENOENT" -> NOT_FOUND;
      case "EACCES", "EPERM", "ENOEXEC", "ENOTDIR", "EISDIR", "ELOOP", "ETXTBSY", "ELIBBAD" ->
          NOT_EXECUTABLE;
      case "E2BIG", "ENAMETOOLONG" -> NOT_EXECUTABLE;
      default -> OURS;
    };
  }
}
