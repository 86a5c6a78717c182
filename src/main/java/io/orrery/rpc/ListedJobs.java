package io.orrery.rpc;

import io.orrery.job.Job;
import io.orrery.job.JobCommand;
import io.orrery.job.JobId;
import io.orrery.job.JobInput;
import io.orrery.job.JobPosition;
import io.orrery.job.JobSpec;
import io.orrery.v1.ListJobsResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Jobs as lists show them, without what is long: a page is at most about 1 MiB, since many clients
 * take 4 MiB. What is left out is described at {@code ListJobsResponse.jobs}.
 */
public final class ListedJobs {
  private static final int MOST_PAGE_BYTES = 1 << 20;
  private static final int MOST_BYTES = 4 << 10;
  private static final String CUT = "…";

  private ListedJobs() {}

  /** The job as it stands in a list. */
  public static io.orrery.v1.Job toProto(Job job) {
    return JobMapping.toProto(
        new Job(
            job.id(),
            brief(job.spec()),
            job.owner(),
            job.site(),
            job.createTime(),
            job.state(),
            job.bytes(),
            job.outputRemoval(),
            job.outputLoss()));
  }

  /** What of a specification stands in a list. */
  public static JobSpec brief(JobSpec spec) {
    JobCommand command = spec.command();
    return new JobSpec(
        new JobCommand(
            command.command(),
            command.path(),
            args(command.args()),
            names(command.env()),
            command.workingDirectory()),
        new JobInput(spec.input().mode(), new byte[0]),
        spec.timeout(),
        spec.stopGrace(),
        spec.limits(),
        spec.labels(),
        spec.runAs(),
        spec.mergeStderr(),
        spec.output(),
        spec.terminal(),
        spec.placement());
  }

  private static List<String> args(List<String> args) {
    List<String> shown = new ArrayList<>();
    int left = MOST_BYTES;
    for (String arg : args) {
      int bytes = Violations.utf8Length(arg) + 1;
      if (bytes > left) {
        shown.add(cut(arg, left) + CUT);
        return shown;
      }
      shown.add(arg);
      left -= bytes;
    }
    return shown;
  }

  /** The first characters, of at most so many bytes in UTF-8; none of them is cut in two. */
  private static String cut(String text, int mostBytes) {
    int end = 0;
    int left = mostBytes;
    while (end < text.length()) {
      int next = text.offsetByCodePoints(end, 1);
      left -= Violations.utf8Length(text.substring(end, next));
      if (left < 0) {
        break;
      }
      end = next;
    }
    return text.substring(0, end);
  }

  private static Map<String, String> names(Map<String, String> env) {
    Map<String, String> shown = new TreeMap<>();
    int left = MOST_BYTES;
    for (String name : new TreeSet<>(env.keySet())) {
      left -= Violations.utf8Length(name) + 1;
      if (left < 0) {
        break;
      }
      shown.put(name, "");
    }
    return shown;
  }

  /**
   * The first of the jobs that were found: so many at the most, at most about 1 MiB, at least one.
   *
   * @param more whether there are jobs after those that were found
   */
  public static ListJobsResponse.Builder page(
      Stream<io.orrery.v1.Job> found, int size, boolean more) {
    ListJobsResponse.Builder page = ListJobsResponse.newBuilder();
    boolean rest = more;
    long bytes = 0;
    Iterator<io.orrery.v1.Job> jobs = found.iterator();
    while (jobs.hasNext()) {
      io.orrery.v1.Job job = jobs.next();
      bytes += job.getSerializedSize();
      int count = page.getJobsCount();
      if (count == size || (count > 0 && bytes > MOST_PAGE_BYTES)) {
        rest = true;
        break;
      }
      page.addJobs(job);
    }
    if (rest && page.getJobsCount() > 0) {
      page.setNextPageToken(position(page.getJobs(page.getJobsCount() - 1)).token());
    }
    return page;
  }

  /** The job's place in lists. */
  public static JobPosition position(io.orrery.v1.Job job) {
    return new JobPosition(Times.instant(job.getCreateTime()), new JobId(job.getJobId()));
  }
}
