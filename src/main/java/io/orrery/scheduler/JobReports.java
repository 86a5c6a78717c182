package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import io.orrery.v1.JobSummary;
import io.orrery.v1.LateEnd;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles what workers tell of jobs with what the scheduler believes, job by job: jobs that are
 * told of go on; those that a worker should have and does not know are lost; what is told of a job
 * that was given up is kept beside its state.
 */
final class JobReports {
  private static final Logger LOG = LoggerFactory.getLogger(JobReports.class);

  private final Registry registry;
  private final JobIndex index;
  private final WorkerWishes wishes;
  private final InstantSource clock;

  JobReports(Registry registry, JobIndex index, WorkerWishes wishes, InstantSource clock) {
    this.registry = registry;
    this.index = index;
    this.wishes = wishes;
    this.clock = clock;
  }

  /** A worker that has registered tells of its jobs; those that it leaves out it is asked about. */
  void registered(Node node, List<JobSummary> jobs) {
    wishes.forget(node);
    changed(node, jobs);
    Set<String> told = jobs.stream().map(JobSummary::getJobId).collect(Collectors.toSet());
    wishes.ask(
        node,
        index.live(node.id()).stream()
            .filter(JobIndex.Entry::confirmed)
            .map(entry -> entry.id().value())
            .filter(id -> !told.contains(id))
            .collect(Collectors.toSet()));
  }

  /** Jobs are as the worker tells. */
  void changed(Node node, List<JobSummary> jobs) {
    for (JobSummary job : jobs) {
      wishes.answered(node, job.getJobId());
      if (!StateMapping.isKnown(job.getState())) {
        LOG.warn(
            "worker {} ({}) of version {} tells of job {} in state {}, which is not known here:"
                + " upgrade the scheduler",
            node.name(),
            node.id(),
            node.profile().version(),
            job.getJobId(),
            job.getStateValue());
      }
      JobIndex.Entry told = IndexedJobs.reported(node.id(), job);
      Optional<JobIndex.Entry> known = index.get(told.id());
      if (known.isPresent() && isOlder(told, known.get())) {
        stopOld(node, told, known.get().attempt());
      } else if (known.isPresent() && isOfAnother(known.get(), node)) {
        LOG.warn(
            "worker {} ({}) reports job {} of another worker", node.name(), node.id(), told.id());
      } else if (known.isPresent() && index.isGivenUp(told.id())) {
        afterGivingUp(node, known.get(), told, job);
      } else if (!index.put(told)) {
        LOG.warn(
            "worker {} ({}) tells that job {} is {}, which is {} already",
            node.name(),
            node.id(),
            told.id(),
            told.state(),
            known.map(JobIndex.Entry::state).orElse(told.state()));
      }
    }
  }

  /** A worker may speak for the jobs that it has, not for those of another. */
  private static boolean isOfAnother(JobIndex.Entry known, Node node) {
    return known.confirmed() && !known.workerId().equals(node.id());
  }

  private static boolean isOlder(JobIndex.Entry told, JobIndex.Entry known) {
    return told.attempt() < known.attempt() && told.owner().equals(known.owner());
  }

  private void stopOld(Node node, JobIndex.Entry old, int newest) {
    if (!old.state().isTerminal()) {
      wishes.stop(node, old, "attempt " + newest + " of the job has taken its place");
    }
  }

  private void afterGivingUp(Node node, JobIndex.Entry lost, JobIndex.Entry told, JobSummary job) {
    JobState.Name state = told.state();
    if (state == JobState.Name.LOST && told.attempt() == lost.attempt()) {
      index.agreed(lost);
      index.put(told);
    } else if (state.isTerminal()) {
      Job before = IndexedJobs.message(lost, node);
      if (!before.hasLateEnd()) {
        LOG.info("job {}, given up as lost, has ended as {}", lost.id(), state);
        index.put(lost.with(before.toBuilder().setLateEnd(lateEnd(job)).build()));
      }
    }
  }

  private LateEnd lateEnd(JobSummary job) {
    LateEnd.Builder end =
        LateEnd.newBuilder()
            .setStateValue(job.getStateValue())
            .setReportTime(Times.timestamp(clock.instant()));
    if (job.hasJob()) {
      end.setEnd(job.getJob().getEnd()).setEndTime(job.getJob().getEndTime());
    }
    return end.build();
  }

  /** The worker does not know the jobs any more: those that had not ended are lost. */
  void forgotten(Node node, List<String> ids) {
    for (String id : ids) {
      wishes.answered(node, id);
      Optional<JobIndex.Entry> known =
          JobId.isWhole(id) ? index.get(new JobId(id)) : Optional.empty();
      // An order that is under way has not reached it yet.
      if (known.isEmpty()
          || !known.get().workerId().equals(node.id())
          || !JobArrivals.isThere(known.get())) {
        continue;
      }
      if (known.get().state().isTerminal()) {
        index.forget(known.get().id(), node.id());
      } else {
        giveUp(
            known.get(),
            node,
            registry.wasRebooted(node)
                ? "the host of worker " + node.name() + " was rebooted while the job ran"
                : "worker " + node.name() + " came back and does not know the job any more");
      }
    }
  }

  /** Nothing is wanted of the worker any more. */
  void forgotten(Node node) {
    wishes.forget(node);
  }

  /** Nobody has heard of the worker for too long: its jobs are lost. */
  void silent(Node node, String why) {
    for (JobIndex.Entry entry : index.live(node.id())) {
      giveUp(entry, node, why);
      wishes.askAlso(entry);
    }
  }

  private void giveUp(JobIndex.Entry entry, Node node, String why) {
    giveUp(entry, node.name(), why);
  }

  /** Jobs of workers of which nobody has heard since the scheduler was started. */
  void unknown(String why) {
    for (String workerId : index.liveWorkers()) {
      if (registry.byId(workerId).isEmpty()) {
        index.live(workerId).forEach(entry -> giveUp(entry, "", why));
      }
    }
  }

  private void giveUp(JobIndex.Entry entry, String workerName, String why) {
    LOG.warn("job {} of worker {} ({}) is lost: {}", entry.id(), workerName, entry.workerId(), why);
    index.giveUp(entry, IndexedJobs.lost(entry, workerName, why, clock.instant()));
  }
}
