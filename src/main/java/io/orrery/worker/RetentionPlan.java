package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.OutputRemoval.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what of ended jobs is kept no longer. Pure. */
final class RetentionPlan {
  private static final Comparator<Finished> FIRST_ENDED =
      Comparator.comparing(Finished::since).thenComparing(finished -> finished.job().id().value());

  private RetentionPlan() {}

  /** How long, of how many jobs and how many bytes in all output is kept; and of records. */
  record Rules(Duration age, int jobs, long bytes, int records, Duration history) {}

  /**
   * A job that has ended, and how many bytes of its output are kept.
   *
   * @param since when it ended, by a clock that nobody sets
   */
  record Finished(Job job, long held, Instant since) {

    boolean hasOutput() {
      return job.outputRemoval() == null;
    }

    boolean isOver(Duration standard, Instant now) {
      Duration asked = job.spec().output().retention();
      return RetentionPlan.isOver(since, asked == null ? standard : asked, now);
    }
  }

  /** The jobs whose output goes, and why. */
  static Map<Job, Rule> outputs(Collection<Finished> finished, Rules rules, Instant now) {
    Map<Job, Rule> going = new LinkedHashMap<>();
    List<Finished> kept = new ArrayList<>();
    for (Finished job :
        finished.stream().filter(Finished::hasOutput).sorted(FIRST_ENDED).toList()) {
      if (job.isOver(rules.age(), now)) {
        going.put(job.job(), Rule.AGE);
      } else {
        kept.add(job);
      }
    }
    long bytes = kept.stream().mapToLong(Finished::held).sum();
    int jobs = kept.size();
    for (Finished job : kept) {
      if (jobs > rules.jobs()) {
        going.put(job.job(), Rule.JOBS);
      } else if (bytes > rules.bytes()) {
        going.put(job.job(), Rule.BYTES);
      } else {
        break;
      }
      jobs--;
      bytes -= job.held();
    }
    return going;
  }

  /** The jobs of which nothing is kept. */
  static List<Job> records(Collection<Finished> finished, Rules rules, Instant now) {
    int tooMany = finished.size() - rules.records();
    List<Job> going = new ArrayList<>();
    for (Finished job : finished.stream().sorted(FIRST_ENDED).toList()) {
      if (going.size() >= tooMany && !isOver(job.since(), rules.history(), now)) {
        break;
      }
      going.add(job.job());
    }
    return going;
  }

  private static boolean isOver(Instant since, Duration age, Instant now) {
    return Duration.between(since, now).compareTo(age) >= 0;
  }
}
