package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.Job;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of jobs: their size, and the workers that are missing in them. */
class JobListIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static Fleet.Node one;
  private static Fleet.Node two;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    one = fleet.startWorker("w1");
    two = fleet.startWorker("w2");
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static ListJobsResponse list(RpcClient client, String token) throws Exception {
    return fleet.call(
        client,
        WorkerGrpcClient.ListJobs,
        ListJobsRequest.newBuilder().setPageSize(1000).setPageToken(token).build());
  }

  @Test
  void pagesThatAreCutByTheirBytesLeaveNoJobOut() throws Exception {
    RpcClient paula = fleet.client(Role.OPERATOR, "paula");
    StartJobRequest.Builder large = StartJobRequest.newBuilder().setCommand("true");
    for (int i = 0; i < 64; i++) {
      large.putLabels("label-" + i, "ü".repeat(250));
    }
    large.setWorkerId(one.id());
    StartJobRequest small =
        StartJobRequest.newBuilder().setCommand("true").setWorkerId(two.id()).build();
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      StartJobRequest request = i % 4 == 0 ? small : large.build();
      started.addFirst(fleet.call(paula, WorkerGrpcClient.StartJob, request).getJobId());
    }

    List<String> seen = new ArrayList<>();
    int pages = 0;
    String token = "";
    do {
      ListJobsResponse page = list(paula, token);
      assertThat(page.getSerializedSize()).isLessThan((1 << 20) + (64 << 10));
      page.getJobsList().forEach(job -> seen.add(job.getJobId()));
      token = page.getNextPageToken();
      pages++;
    } while (!token.isEmpty());

    assertThat(seen).isEqualTo(started);
    assertThat(pages).isGreaterThan(1);
  }

  @Test
  void aListShowsWhatIsShortAndAQueryShowsAll() throws Exception {
    RpcClient olga = fleet.client(Role.OPERATOR, "olga");
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand("true")
            .addArgs("x".repeat(100_000))
            .putEnv("TOKEN", "secret")
            .setStdin(com.google.protobuf.ByteString.copyFromUtf8("input"))
            .build();
    String id = fleet.call(olga, WorkerGrpcClient.StartJob, request).getJobId();

    Job listed = list(olga, "").getJobs(0);
    Job whole =
        fleet
            .call(
                olga, WorkerGrpcClient.QueryJob, QueryJobRequest.newBuilder().setJobId(id).build())
            .getJob();

    assertThat(listed.getSpec().getArgs(0)).hasSizeLessThan(5000).endsWith("x…");
    assertThat(listed.getSpec().getEnvMap()).containsOnlyKeys("TOKEN").containsValue("");
    assertThat(listed.getSpec().getStdin().isEmpty()).isTrue();
    assertThat(whole.getSpec().getArgsList()).isEqualTo(request.getArgsList());
    assertThat(whole.getSpec().getEnvMap()).isEqualTo(request.getEnvMap());
    assertThat(whole.getSpec().getStdin()).isEqualTo(request.getStdin());
  }

  @Test
  void aTimeThatIsNoneIsTheCallersMistakeAtTheSchedulerAndAtTheWorker() {
    ListJobsRequest request =
        ListJobsRequest.newBuilder()
            .setCreatedAfter(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
            .build();
    for (int port : new int[] {fleet.schedulerPort(), one.port()}) {
      assertThatThrownBy(
              () -> fleet.callAt(port, fleet.admin(), WorkerGrpcClient.ListJobs, request))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> {
                assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
                assertThat(refusal.violations().getFirst().field()).isEqualTo("created_after");
              });
    }
  }

  @Test
  void aWorkerThatHasLeftIsNamedAmongTheUnreachable() throws Exception {
    Fleet.Node leaving = fleet.startWorker("w3");
    assertThat(list(fleet.admin(), "").getUnreachableList()).doesNotContain(leaving.id());

    fleet.stop(leaving.running());

    assertThat(list(fleet.admin(), "").getUnreachableList()).contains(leaving.id());
  }
}
