package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More followers than one pool of connections has room for. */
class ManyFollowersIT {
  @TempDir Path home;

  private static Future<ReplySource> follow(Fleet fleet, RpcClient client, String jobId) {
    return client.stream(
            fleet.address(fleet.schedulerPort()),
            _ -> true,
            WorkerGrpcClient.StreamJob,
            StreamJobRequest.newBuilder().setJobId(jobId).build(),
            CallOptions.within(Duration.ofSeconds(30)))
        .onSuccess(ReplySource::resume);
  }

  private static boolean isAnswered(Fleet fleet, String jobId) {
    try {
      return !Fleet.await(
              fleet
                  .admin()
                  .call(
                      fleet.address(fleet.schedulerPort()),
                      _ -> true,
                      WorkerGrpcClient.QueryJob,
                      QueryJobRequest.newBuilder().setJobId(jobId).build(),
                      CallOptions.within(Duration.ofSeconds(5))))
          .getJob()
          .getJobId()
          .isEmpty();
    } catch (Exception notYet) {
      return false;
    }
  }

  @Test
  void aThousandFollowersACallerDoNotKeepCallsWaitingAndMoreThanTheCapAreRefused()
      throws Exception {
    try (Fleet fleet = Fleet.start(home)) {
      fleet.startWorker("w1");
      StartJobRequest sleep =
          StartJobRequest.newBuilder().setCommand("sleep").addArgs("1000").build();
      String jobId = fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, sleep).getJobId();
      RpcClient vera = fleet.client(Role.VIEWER, "vera");
      RpcClient vito = fleet.client(Role.VIEWER, "vito");
      List<Future<ReplySource>> followers = new ArrayList<>();
      for (int i = 0; i < 1024; i++) {
        followers.add(follow(fleet, vera, jobId));
        followers.add(follow(fleet, vito, jobId));
        Fleet.await(
            Future.all(followers.subList(Math.max(0, followers.size() - 64), followers.size())));
      }

      Fleet.eventually("a call is answered", () -> isAnswered(fleet, jobId));
      assertThatThrownBy(() -> Fleet.await(follow(fleet, vera, jobId)))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> {
                assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_STREAMS);
                assertThat(refusal.metadata()).containsEntry("limit", "1024");
              });
      fleet.call(
          fleet.admin(),
          WorkerGrpcClient.StopJob,
          StopJobRequest.newBuilder().setJobId(jobId).build());
      for (Future<ReplySource> follower : followers) {
        Fleet.await(follower.result().end());
      }
      Fleet.await(follow(fleet, vera, jobId)); // there is room again
    }
  }
}
