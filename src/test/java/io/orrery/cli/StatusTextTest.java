package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import io.orrery.v1.Limits;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.Pressure;
import io.orrery.v1.Usage;
import org.junit.jupiter.api.Test;

final class StatusTextTest {

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  @Test
  void whatARunningJobHasUsedAndWaitedForIsTold() {
    Usage.Builder usage =
        Usage.newBuilder()
            .setUserTime(seconds(3))
            .setSystemTime(seconds(1))
            .setPeakMemoryBytes(64 << 20)
            .setPressure(
                Pressure.newBuilder().setCpu(seconds(5)).setMemory(seconds(6)).setIo(seconds(7)));

    assertThat(StatusText.of(FakeJobs.running().toBuilder().setUsage(usage).build()))
        .contains("used      3.00s user, 1.00s system, 64MiB memory at most\n")
        .contains("waited    5.00s for a processor, 6.00s for memory, 7.00s for disks\n");
    assertThat(StatusText.of(FakeJobs.running())).doesNotContain("used").doesNotContain("waited");
  }

  @Test
  void allLimitsAreTold() {
    JobSpec spec =
        JobSpec.newBuilder()
            .setCommand("true")
            .setLimits(
                Limits.newBuilder()
                    .setMemoryBytes(1 << 20)
                    .setCpus(1.5)
                    .setPids(20)
                    .setIoReadBytesPerSecond(2 << 20)
                    .setIoReadOperationsPerSecond(100)
                    .setIoWriteOperationsPerSecond(200)
                    .setOpenFiles(30)
                    .setFileSizeBytes(4 << 20)
                    .setNice(-5)
                    .setNoNewPrivileges(true))
            .setOutput(
                OutputPolicy.newBuilder()
                    .setMaxStreamBytes(8 << 20)
                    .setLimitPolicy(OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL))
            .build();

    assertThat(StatusText.of(FakeJobs.running().toBuilder().setSpec(spec).build()))
        .contains("memory    at most 1MiB\n")
        .contains("cpus      at most 1.5\n")
        .contains("pids      at most 20\n")
        .contains("reads     at most 2MiB and 100 operations a second\n")
        .contains("writes    at most 200 operations a second\n")
        .contains("files     at most 30 open\n")
        .contains("file size at most 4MiB\n")
        .contains("nice      -5\n")
        .contains("privileges no new ones\n")
        .contains("streams   at most 8MiB each, then the oldest bytes go\n");
    assertThat(StatusText.of(FakeJobs.running())).doesNotContain("at most");
  }

  @Test
  void anExitCodeStandsBesideThatMemoryRanOut() {
    Job job =
        FakeJobs.running().toBuilder()
            .setState(JobState.JOB_STATE_FAILED)
            .setEnd(JobEnd.newBuilder().setCause(EndCause.END_CAUSE_OOM_KILLED).setExitCode(3))
            .build();

    assertThat(StatusText.of(job)).contains("state     FAILED (out of memory, exit 3)\n");
  }
}
