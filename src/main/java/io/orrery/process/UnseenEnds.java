package io.orrery.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The ends of jobs whose main processes are gone, and whose runner died before it saw how. */
final class UnseenEnds {
  private static final Logger LOG = System.getLogger(UnseenEnds.class.getName());

  private UnseenEnds() {}

  /**
   * Ends what is left of the jobs, puts their ends on record and tells of them. Blocks for the
   * longest of their graces at the most.
   */
  static void conclude(List<RemoteJob> gone, BiConsumer<RemoteJob, Exit> onEnd) {
    Map<String, Path> directories =
        gone.stream()
            .collect(Collectors.toMap(job -> job.terms().cookie(), job -> job.terms().directory()));
    Duration grace =
        gone.stream()
            .map(job -> job.terms().stopGrace())
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    Map<String, List<Integer>> survivors = Leftovers.end(directories, grace);
    for (RemoteJob job : gone) {
      JobTerms terms = job.terms();
      Exit exit = job.unobserved(survivors.getOrDefault(terms.cookie(), List.of()));
      try {
        new ExitRecord(terms.jobId(), terms.attempt(), process(terms, exit), exit)
            .write(terms.directory());
      } catch (IOException e) {
        LOG.log(Level.ERROR, "the end of job " + terms.jobId() + " is not on record", e);
      }
      onEnd.accept(job, exit);
    }
  }

  /** The process of a job that is over; number 0 where the runner died before it wrote it down. */
  static Started process(JobTerms terms, Exit exit) throws IOException {
    return AttemptRecord.read(terms.directory())
        .map(AttemptRecord::started)
        .orElseGet(() -> new Started(0, exit.endTime()));
  }
}
