package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobMap;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that wait, in order. Those of equal requirements are one line, since while the first of
 * them cannot be placed, none can: so what a look costs depends on the number of lines, not of
 * jobs. It belongs to one context.
 */
final class WaitingLine {
  private final JobMap<Waiting> jobs = new JobMap<>(Waiting::id);
  private final Map<Requirements, Line> lines = new HashMap<>();
  private final TreeSet<Line> byHead = new TreeSet<>();
  private final LazyQueue<Waiting> bySubmission =
      new LazyQueue<>(Comparator.comparingLong(Waiting::sequence), this::isHere);

  /** Jobs of equal requirements. */
  private final class Line implements Comparable<Line> {
    private final Requirements needs;
    private final LazyQueue<Waiting> queue =
        new LazyQueue<>(Comparator.naturalOrder(), WaitingLine.this::isHere);
    private @Nullable Waiting head;

    Line(Requirements needs) {
      this.needs = needs;
    }

    /** Only while it is not in {@link #byHead}. */
    void settle() {
      head = queue.head();
    }

    @Override
    public int compareTo(Line other) {
      if (head == null || other.head == null) {
        throw new IllegalStateException("a line without jobs is not in order");
      }
      return head.compareTo(other.head);
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal one may have been taken out and come again
  private boolean isHere(Waiting job) {
    return jobs.get(job.id()) == job;
  }

  int size() {
    return jobs.size();
  }

  /** The one that was submitted first, whatever its place. */
  Optional<Waiting> oldest() {
    return Optional.ofNullable(bySubmission.head());
  }

  Optional<Waiting> get(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Takes a job into the line, if it is not there. */
  void add(Waiting added) {
    if (jobs.get(added.id()) != null) {
      return;
    }
    Line line = lines.computeIfAbsent(added.needs(), Line::new);
    // There may be a million of them, and few different requirements. It is a new object, as that
    // of the last time may still be in the queues.
    Waiting job = added.with(line.needs);
    jobs.put(job);
    bySubmission.add(job);
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
    Waiting job = jobs.remove(id);
    if (job == null) {
      return Optional.empty();
    }
    bySubmission.removed();
    Line line = lines.get(job.needs());
    if (line == null) {
      return Optional.of(job);
    }
    boolean first = job.equals(line.head);
    if (first) {
      byHead.remove(line);
    }
    line.queue.removed();
    if (first) {
      line.settle();
      if (line.head == null) {
        lines.remove(job.needs());
      } else {
        byHead.add(line);
      }
    }
    return Optional.of(job);
  }

  /** The first job of all. */
  Optional<Waiting> first() {
    return byHead.isEmpty() ? Optional.empty() : Optional.ofNullable(byHead.first().head);
  }

  /** The first job of those lines whose first job comes after this one, in line or not. */
  Optional<Waiting> headAfter(Waiting job) {
    Line probe = new Line(job.needs());
    probe.head = job;
    Line next = byHead.higher(probe);
    return next == null ? Optional.empty() : Optional.ofNullable(next.head);
  }

  /** The first job of the line of these requirements. */
  Optional<Waiting> head(Requirements needs) {
    Line line = lines.get(needs);
    return line == null ? Optional.empty() : Optional.ofNullable(line.head);
  }

  /** Whether it is the first of those that ask the same. */
  boolean isHead(JobId id) {
    Waiting job = jobs.get(id);
    return job != null && head(job.needs()).filter(job::equals).isPresent();
  }

  /** How many are before this one. Looks at every job. */
  long ahead(Waiting job) {
    return jobs.values().filter(other -> other.compareTo(job) < 0).count();
  }

  /** All of them, in no order. */
  List<Waiting> all() {
    return jobs.values().toList();
  }
}
