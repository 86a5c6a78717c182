package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import java.util.List;

/** Prints jobs as a table, page by page under one heading. */
final class JobTable {
  private static final int COMMAND_WIDTH = 60;

  private final Console console;
  private final Timestamp now;
  private final boolean withOwner;
  private boolean begun;
  private boolean withEnds;

  JobTable(Console console, Timestamp now, boolean withOwner) {
    this.console = console;
    this.now = now;
    this.withOwner = withOwner;
  }

  /** With the times of the ends in place of those of the starts. */
  JobTable withEnds() {
    withEnds = true;
    return this;
  }

  /** Goes on with a table that was begun before. */
  JobTable withoutHeading(boolean without) {
    begun = without;
    return this;
  }

  void print(List<Job> jobs) {
    String when = withEnds ? "ENDED" : "STARTED";
    Table table = new Table(cells("JOB", "STATE", "WORKER", when, "RAN", "OWNER", "COMMAND"));
    for (Job job : jobs) {
      String end = JobText.end(job);
      table.row(
          cells(
              JobText.shortId(job),
              JobText.state(job.getState()) + (end.isEmpty() ? "" : " (" + end + ")"),
              job.getWorkerName(),
              time(job),
              JobText.duration(job, now),
              owner(job),
              Printable.cut(JobText.command(job.getSpec()), COMMAND_WIDTH)));
    }
    String text = table.toString();
    console.print(begun ? text.substring(text.indexOf('\n') + 1) : text);
    begun = true;
  }

  private String time(Job job) {
    if (withEnds) {
      return job.hasEndTime() ? TimeText.seconds(job.getEndTime()) : "";
    }
    return job.hasStartTime() ? TimeText.seconds(job.getStartTime()) : "";
  }

  private String[] cells(
      String id, String state, String worker, String start, String ran, String owner, String what) {
    return withOwner
        ? new String[] {id, state, worker, start, ran, owner, what}
        : new String[] {id, state, worker, start, ran, what};
  }

  private static String owner(Job job) {
    return JobText.withoutPrefix(job.getOwner(), "spiffe://orrery/");
  }
}
