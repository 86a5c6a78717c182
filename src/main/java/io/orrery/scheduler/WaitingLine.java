package io.orrery.scheduler;

import io.orrery.job.JobId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that wait, in order. Those of equal requirements are one line, since while the first of
 * them cannot be placed, none can: so what a look costs depends on the number of lines, not of
 * jobs. It belongs to one context.
 */
final class WaitingLine {
  private final Map<JobId, Waiting> jobs = new HashMap<>();
  private final Map<Requirements, Line> lines = new HashMap<>();
  private final TreeSet<Line> byHead = new TreeSet<>();

  /** Jobs of equal requirements; those that were taken out from its middle are passed over. */
  private final class Line implements Comparable<Line> {
    private final PriorityQueue<Waiting> queue = new PriorityQueue<>();
    private @Nullable Waiting head;

    /** Only while it is not in {@link #byHead}. */
    void settle() {
      head = queue.peek();
      while (head != null && !head.equals(jobs.get(head.id()))) {
        queue.remove();
        head = queue.peek();
      }
    }

    @Override
    public int compareTo(Line other) {
      if (head == null || other.head == null) {
        throw new IllegalStateException("a line without jobs is not in order");
      }
      return head.compareTo(other.head);
    }
  }

  int size() {
    return jobs.size();
  }

  Optional<Waiting> get(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Takes a job into the line, if it is not there. */
  void add(Waiting job) {
    if (jobs.putIfAbsent(job.id(), job) != null) {
      return;
    }
    Line line = lines.computeIfAbsent(job.needs(), _ -> new Line());
    Waiting head = line.head;
    if (head != null && job.compareTo(head) > 0) {
      line.queue.add(job);
      return;
    }
    if (head != null) {
      byHead.remove(line);
    }
    line.queue.add(job);
    line.settle();
    byHead.add(line);
  }

  /** Takes a job out of the line, wherever it stands. */
  Optional<Waiting> remove(JobId id) {
    Waiting job = jobs.get(id);
    if (job == null) {
      return Optional.empty();
    }
    Line line = lines.get(job.needs());
    if (line != null && job.equals(line.head)) {
      byHead.remove(line);
      jobs.remove(id);
      line.settle();
      if (line.head == null) {
        lines.remove(job.needs());
      } else {
        byHead.add(line);
      }
    } else {
      jobs.remove(id);
    }
    return Optional.of(job);
  }

  /** The first job of each line, in order; of so many lines at the most. */
  List<Waiting> heads(int atMost) {
    List<Waiting> heads = new ArrayList<>(Math.min(atMost, byHead.size()));
    for (Line line : byHead) {
      if (heads.size() == atMost || line.head == null) {
        break;
      }
      heads.add(line.head);
    }
    return heads;
  }

  /** The first job of the line of these requirements. */
  Optional<Waiting> head(Requirements needs) {
    Line line = lines.get(needs);
    return line == null ? Optional.empty() : Optional.ofNullable(line.head);
  }

  /** How many are before this one. Looks at every job. */
  long ahead(Waiting job) {
    long ahead = 0;
    for (Waiting other : jobs.values()) {
      if (other.compareTo(job) < 0) {
        ahead++;
      }
    }
    return ahead;
  }

  /** All of them, in no order. */
  Collection<Waiting> all() {
    return Collections.unmodifiableCollection(jobs.values());
  }
}
