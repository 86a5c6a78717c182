package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import io.orrery.v1.JobSpec;
import io.orrery.v1.ListJobsResponse;
import java.util.Collections;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ListedJobsTest {
  private static final Job FULL =
      Filled.message(Job.getDefaultInstance()).toBuilder()
          .setJobId("00000000-0000-4000-8000-000000000000")
          .clearWorkerUnreachableSince()
          .build();

  private static Job job(int number, int bytes) {
    return Job.newBuilder()
        .setJobId("00000000-0000-4000-8000-%012d".formatted(number))
        .setCreateTime(Timestamp.newBuilder().setSeconds(1_000_000 - number))
        .setOwner("x".repeat(bytes))
        .build();
  }

  private static JobSpec listed(JobSpec.Builder spec) {
    return ListedJobs.toProto(JobMapping.fromProto(FULL.toBuilder().setSpec(spec).build()))
        .getSpec();
  }

  @Test
  void leavesOutTheValuesOfVariablesAndTheStandardInputAndNothingElse() {
    JobSpec.Builder expected = FULL.getSpec().toBuilder().clearStdin();
    FULL.getSpec().getEnvMap().keySet().forEach(name -> expected.putEnv(name, ""));

    io.orrery.job.Job job = JobMapping.fromProto(FULL);
    assertThat(ListedJobs.toProto(job))
        .isEqualTo(JobMapping.toProto(job).toBuilder().setSpec(expected).build());
  }

  @Test
  void cutsArgumentsAtFourKibibytesWithAMarkerAndNoCharacterInTwo() {
    JobSpec spec =
        listed(JobSpec.newBuilder().addArgs("a").addArgs("😀".repeat(2000)).addArgs("b"));

    assertThat(spec.getArgsList()).containsExactly("a", "😀".repeat(1023) + "…");
    assertThat(listed(JobSpec.newBuilder().addAllArgs(Collections.nCopies(9999, ""))).getArgsList())
        .hasSize(4097)
        .endsWith("…");
  }

  @Test
  void aJobInAListIsShortHoweverLongItsSpecIs() {
    JobSpec.Builder spec = JobSpec.newBuilder().setStdin(ByteString.copyFrom(new byte[1 << 20]));
    for (int i = 0; i < 1000; i++) {
      spec.addArgs("x".repeat(1000)).putEnv("n".repeat(100) + i, "v".repeat(1000));
    }

    assertThat(listed(spec).getSerializedSize()).isLessThan(16 << 10);
  }

  @Test
  void aPageEndsAtItsBytesAndItsTokenIsItsLastJob() {
    ListJobsResponse page =
        ListedJobs.page(IntStream.range(0, 100).mapToObj(i -> job(i, 100 << 10)), 100, false)
            .build();

    assertThat(page.getSerializedSize()).isBetween(900 << 10, 1 << 20);
    assertThat(page.getJobsCount()).isEqualTo(10);
    assertThat(page.getNextPageToken()).isEqualTo(ListedJobs.position(job(9, 0)).token());
  }

  @Test
  void aPageHasAtLeastOneJob() {
    ListJobsResponse page =
        ListedJobs.page(Stream.of(job(0, 2 << 20), job(1, 0)), 100, false).build();

    assertThat(page.getJobsCount()).isEqualTo(1);
    assertThat(page.getNextPageToken()).isNotEmpty();
  }

  @Test
  void theLastPageHasNoToken() {
    assertThat(ListedJobs.page(Stream.of(job(0, 0), job(1, 0)), 2, false).getNextPageToken())
        .isEmpty();
    assertThat(ListedJobs.page(Stream.of(job(0, 0), job(1, 0)), 1, false).getNextPageToken())
        .isNotEmpty();
    assertThat(ListedJobs.page(Stream.of(job(0, 0)), 2, true).getNextPageToken()).isNotEmpty();
    assertThat(ListedJobs.page(Stream.empty(), 2, false).getNextPageToken()).isEmpty();
  }
}
