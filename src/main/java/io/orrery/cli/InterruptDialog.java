package io.orrery.cli;

import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import io.orrery.v1.StopJobRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Ctrl-C while jobs are followed: once tells about them and how to leave, twice within two seconds
 * stops them, once more leaves without waiting.
 */
final class InterruptDialog {
  private static final long TWICE_NANOS = 2_000_000_000L;

  private final Session session;
  private final Supplier<Servers> servers;
  private final Map<String, Optional<JobFollower>> jobs = new LinkedHashMap<>();
  private long told;
  private boolean asked;
  private boolean stopping;

  /**
   * @param servers a connection of its own for the stop, which must not wait behind output
   */
  InterruptDialog(Session session, Supplier<Servers> servers) {
    this.session = session;
    this.servers = servers;
  }

  void listen() {
    session.interrupts().onInterrupt(this::interrupted);
  }

  synchronized void starting(String id) {
    jobs.put(id, Optional.empty());
  }

  synchronized void following(String id, JobFollower follower) {
    jobs.put(id, Optional.of(follower));
  }

  synchronized void ended(String id) {
    jobs.remove(id);
  }

  private synchronized void interrupted() {
    long now = System.nanoTime();
    if (stopping) {
      session.console().say("left; the stop goes on without us");
      session.interrupts().exit(ExitCode.SIGNALLED + SignalName.INT);
    } else if (asked && now - told < TWICE_NANOS) {
      stopping = true;
      session.interrupts().onSuspend(null);
      session.console().say("stopping " + (jobs.size() == 1 ? "the job" : jobs.size() + " jobs"));
      List.copyOf(jobs.keySet()).forEach(id -> Thread.startVirtualThread(() -> stop(id)));
    } else {
      asked = true;
      told = now;
      tell();
    }
  }

  private void tell() {
    if (jobs.size() == 1) {
      jobs.forEach((id, follower) -> session.console().say(describe(id, follower)));
    } else {
      session.console().say(jobs.size() + " jobs have not ended");
    }
    session.console().say("Ctrl-C again within 2s stops, Ctrl-Z within 2s leaves without stopping");
    session.interrupts().onSuspend(this::detach);
    Thread.startVirtualThread(this::forgetSuspend);
  }

  private static String describe(String id, Optional<JobFollower> follower) {
    Job job = follower.map(JobFollower::latest).orElse(null);
    if (job == null) {
      return "job " + id + " is about to start";
    }
    Timestamp now = Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
    String ran = JobText.duration(job, now);
    return "job "
        + id
        + " "
        + JobText.state(job.getState())
        + (job.getWorkerName().isEmpty() ? "" : " on " + job.getWorkerName())
        + (ran.isEmpty() ? "" : " for " + ran);
  }

  private void forgetSuspend() {
    try {
      Thread.sleep(TWICE_NANOS / 1_000_000);
    } catch (InterruptedException _) {
      return;
    }
    session.interrupts().onSuspend(null);
  }

  private synchronized void detach() {
    jobs.forEach(
        (id, follower) ->
            session
                .console()
                .say(
                    "left; the job goes on, to read on: "
                        + follower.map(JobFollower::resumeCommand).orElse("orrery logs -f " + id)));
    session.interrupts().exit(ExitCode.OURS);
  }

  private void stop(String id) {
    try (Servers own = servers.get()) {
      own.ask(
          Api.STOP_JOB,
          StopJobRequest.newBuilder().setJobId(id).build(),
          Stopping.deadline(Job.getDefaultInstance(), null));
    } catch (Exception e) {
      Failures.tell(session.console(), e);
    }
  }
}
