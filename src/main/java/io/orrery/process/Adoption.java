package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import io.orrery.posix.Waiting;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;

/** Finds the main process of a job whose parent, a runner, has died. */
final class Adoption {
  private static final Logger LOG = System.getLogger(Adoption.class.getName());

  private Adoption() {}

  /**
   * The main process, if it runs: the one of the record, or, where the runner died before it had
   * written that, the leader of a session that carries the job's id. Never one that merely has the
   * same pid.
   */
  static Optional<Child> find(JobTerms terms, Cgroups cgroups) {
    try {
      Optional<AttemptRecord> record = AttemptRecord.read(terms.directory());
      if (record.isPresent()) {
        return record.get().isOfAnotherBoot() ? Optional.empty() : recorded(terms, record.get());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "job {0} is looked for: {1}", terms.jobId(), e.getMessage());
    }
    ProcessTable table = ProcessTable.read();
    return table.entries().stream()
        .filter(entry -> entry.pid() == entry.session())
        .filter(entry -> table.cookieOf(entry).equals(terms.cookie()))
        .findFirst()
        .flatMap(entry -> watched(entry, startOf(entry.pid()), cgroups.find(terms)));
  }

  private static Optional<Child> recorded(JobTerms terms, AttemptRecord record) {
    int pid = record.started().pid();
    return Proc.entry(pid)
        .filter(entry -> !entry.gone())
        .filter(
            entry ->
                record.startTicks() == 0
                    ? Proc.cookieOf(pid).equals(terms.cookie())
                    : entry.startTicks() == record.startTicks())
        .flatMap(
            entry ->
                watched(entry, record.started().startTime(), JobGroup.recorded(record.cgroups())));
  }

  private static Instant startOf(int pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .orElseGet(Instant::now);
  }

  private static Optional<Child> watched(ProcessEntry entry, Instant startTime, JobGroup group) {
    try {
      int pidfd = Waiting.pidfd_open(entry.pid());
      // Only now the number is surely still that of the process that was looked at.
      if (Proc.entry(entry.pid()).filter(entry::is).isEmpty()) {
        Descriptors.close(pidfd);
        return Optional.empty();
      }
      return Optional.of(
          new Child(
              new Started(entry.pid(), startTime),
              entry.startTicks(),
              pidfd,
              Moment.ofTicks(entry.startTicks()),
              Child.Parentage.ADOPTED,
              group));
    } catch (PosixException e) {
      LOG.log(Level.DEBUG, "process {0} has ended: {1}", entry.pid(), e.getMessage());
      return Optional.empty();
    }
  }
}
