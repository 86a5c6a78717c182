package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import io.orrery.v1.JobSpec;
import io.orrery.v1.LateEnd;
import io.orrery.v1.Pressure;
import io.orrery.v1.Usage;
import java.util.Map;

/** A job in full, for people: a line a fact, those that are not there left out. */
final class StatusText {
  private static final int WIDTH = 10;

  private final StringBuilder text = new StringBuilder(512);

  private StatusText() {}

  static String of(Job job) {
    StatusText status = new StatusText();
    status.outcome(job);
    status.spec(job.getSpec());
    status.times(job);
    status.usage(job);
    return status.text.toString();
  }

  private void outcome(Job job) {
    line("job", job.getJobId());
    String end = JobText.end(job);
    line("state", JobText.state(job.getState()) + (end.isEmpty() ? "" : " (" + end + ")"));
    line("reason", job.getEnd().getMessage());
    if (job.hasWorkerUnreachableSince()) {
      line("unreachable", "the worker, since " + TimeText.seconds(job.getWorkerUnreachableSince()));
    }
    String worker = job.getWorkerName();
    line("worker", worker.isEmpty() ? job.getWorkerId() : worker + " (" + job.getWorkerId() + ")");
    line("attempt", job.getAttempt() > 1 ? Integer.toString(job.getAttempt()) : "");
    if (job.getUnkillablePidsCount() > 0) {
      line("unkillable", "SIGKILL does not end " + job.getUnkillablePidsList());
    }
    if (job.hasLateEnd()) {
      LateEnd late = job.getLateEnd();
      line(
          "told late",
          "it ended as "
              + JobText.state(late.getState())
              + ", which its worker told "
              + TimeText.seconds(late.getReportTime()));
    }
    line("pid", job.getPid() > 0 && !JobText.hasEnded(job) ? Integer.toString(job.getPid()) : "");
    line("owner", job.getOwner());
  }

  private void spec(JobSpec spec) {
    line("command", JobText.command(spec));
    line("directory", spec.getWorkingDirectory());
    line("labels", pairs(spec.getLabelsMap()));
    line("selector", spec.getSelector());
    line("priority", spec.getPriority() == 0 ? "" : Integer.toString(spec.getPriority()));
    line("run as", spec.getRunAs());
    line("timeout", spec.hasTimeout() ? TimeText.of(spec.getTimeout()) : "");
    LimitText.lines(spec).forEach(this::line);
  }

  private void times(Job job) {
    line("created", time(job.hasCreateTime(), job.getCreateTime()));
    line("started", time(job.hasStartTime(), job.getStartTime()));
    line("ended", time(job.hasEndTime(), job.getEndTime()));
    line("ran", JobText.hasEnded(job) ? JobText.duration(job, job.getEndTime()) : "");
  }

  private void usage(Job job) {
    line("stdout", SizeDisplay.of(job.getStdoutBytes()));
    line("stderr", SizeDisplay.of(job.getStderrBytes()));
    line("output", job.hasOutputRemoval() ? JobText.removal(job.getOutputRemoval()) : "");
    line("loss", job.hasOutputLoss() ? JobText.loss(job.getOutputLoss()) : "");
    if (job.hasUsage()) {
      Usage usage = job.getUsage();
      line(
          "used",
          TimeText.of(usage.getUserTime())
              + " user, "
              + TimeText.of(usage.getSystemTime())
              + " system, "
              + SizeDisplay.of(usage.getPeakMemoryBytes())
              + " memory at most");
      if (usage.hasPressure()) {
        Pressure pressure = usage.getPressure();
        line(
            "waited",
            TimeText.of(pressure.getCpu())
                + " for a processor, "
                + TimeText.of(pressure.getMemory())
                + " for memory, "
                + TimeText.of(pressure.getIo())
                + " for disks");
      }
    }
  }

  private static String time(boolean there, Timestamp time) {
    return there ? TimeText.seconds(time) : "";
  }

  static String pairs(Map<String, String> labels) {
    StringBuilder pairs = new StringBuilder();
    labels.forEach(
        (key, value) ->
            pairs.append(pairs.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return pairs.toString();
  }

  private void line(String name, String value) {
    if (!value.isEmpty()) {
      text.append(name).repeat(" ", Math.max(1, WIDTH - name.length()));
      text.append(Printable.text(value)).append('\n');
    }
  }
}
