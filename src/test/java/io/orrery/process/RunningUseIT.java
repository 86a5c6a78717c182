package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.ResourceUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real jobs, looked at while they run. */
class RunningUseIT {
  /** The shell itself, and a child that it does not wait for. */
  private static final String BUSY =
      "(while :; do :; done) & i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 300";

  @TempDir Path root;

  private static Optional<ResourceUse> use(RunnerFixture.Job job) throws Exception {
    return AttemptRecord.read(job.setup().directory).flatMap(RunningUse::read);
  }

  private static void assertGrows(RunnerFixture jobs) throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh(BUSY));
    RunnerFixture.await(
        () ->
            use(job)
                .filter(now -> now.userTime().compareTo(Duration.ofMillis(50)) > 0)
                .filter(now -> now.peakMemoryBytes() > 100_000)
                .isPresent());
    Duration before = use(job).orElseThrow().userTime();
    assertThat(use(job).orElseThrow().userTime()).isGreaterThanOrEqualTo(before);
    jobs.stop(job, RunnerFixture.NO_GRACE);
    job.await();
    assertThat(use(job)).isEmpty();
  }

  @Test
  void ofAJobWithoutACgroupItIsThatOfItsMainProcess() throws Exception {
    try (RunnerFixture jobs = new RunnerFixture(root)) {
      assertGrows(jobs);
    }
  }

  @Test
  void ofAJobWithACgroupItIsThatOfAll() throws Exception {
    Cgroups cgroups = Cgroups.open(CgroupMounts.read(), "orrery-test-" + UUID.randomUUID());
    try (RunnerFixture jobs = new RunnerFixture(root, cgroups)) {
      assertGrows(jobs);
    }
  }
}
