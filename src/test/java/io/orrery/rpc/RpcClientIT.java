package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.SocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unary calls of a real client to a real server. */
final class RpcClientIT {
  private static final CallOptions IN_TIME = CallOptions.within(Duration.ofSeconds(10));

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private RpcHarness harness;
  private RpcClient client;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<Call> seen = new AtomicReference<>();
  private volatile Future<QueryJobResponse> answer =
      Future.succeededFuture(QueryJobResponse.getDefaultInstance());

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        RpcLimits.DEFAULT,
        server ->
            server
                .unary(
                    WorkerGrpcService.QueryJob,
                    (call, request) -> {
                      calls.incrementAndGet();
                      seen.set(call);
                      return answer;
                    })
                .unary(
                    WorkerGrpcService.StartJob,
                    (_, request) ->
                        Future.succeededFuture(
                            StartJobResponse.newBuilder().setJobId(request.getCommand()).build())));
    client = harness.client(Role.ADMIN, "anna");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private QueryJobResponse query(CallOptions options) throws Exception {
    return query(client, options);
  }

  private QueryJobResponse query(RpcClient by, CallOptions options) throws Exception {
    return by.call(
            harness.address(),
            RpcHarness.SCHEDULER,
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.newBuilder().setJobId("j").build(),
            options)
        .await(20, SECONDS);
  }

  private ApiException failure(CallOptions options) {
    return failure(client, options);
  }

  private ApiException failure(RpcClient by, CallOptions options) {
    try {
      query(by, options);
    } catch (ApiException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError("not an ApiException", e);
    }
    throw new AssertionError("the call succeeded");
  }

  @Test
  void anAnswerArrivesAndTheHandlerKnowsTheCaller() throws Exception {
    assertThat(query(IN_TIME)).isEqualTo(QueryJobResponse.getDefaultInstance());
    Call call = seen.get();
    assertThat(call.peer()).isEqualTo(new Identity(Role.ADMIN, "anna")).isEqualTo(call.caller());
    assertThat(call.method()).isEqualTo("orrery.v1.Worker/QueryJob");
    assertThat(call.deadline().remaining())
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    assertThat(call.remoteAddress()).startsWith("127.0.0.1:");
  }

  @Test
  void aRefusalArrivesWithReasonMetadataAndViolations() {
    answer =
        Future.failedFuture(
            ApiException.of(
                Reason.JOB_AMBIGUOUS,
                "zwei Jobs passen: «a», «b» + 100 %",
                Map.of("job_id", "a", "count", "2"),
                List.of(new FieldViolation("job_id", "is too short"))));
    ApiException failure = failure(IN_TIME);
    assertThat(failure.reason()).isEqualTo(Reason.JOB_AMBIGUOUS);
    assertThat(failure).hasMessage("zwei Jobs passen: «a», «b» + 100 %");
    assertThat(failure.metadata()).isEqualTo(Map.of("job_id", "a", "count", "2"));
    assertThat(failure.violations()).containsExactly(new FieldViolation("job_id", "is too short"));
  }

  @Test
  void aBugIsToldByItsIncidentAlone() {
    answer = Future.failedFuture(new IllegalStateException("secret"));
    ApiException failure = failure(IN_TIME);
    assertThat(failure.reason()).isEqualTo(Reason.INTERNAL_BUG);
    assertThat(failure.metadata()).containsOnlyKeys("incident");
    assertThat(failure.getMessage())
        .contains(failure.metadata().get("incident"))
        .doesNotContain("secret");
  }

  @Test
  void aServerThatDoesNotAnswerInTimeIsGivenUp() throws Exception {
    // The time shall not go into the handshake.
    query(IN_TIME);
    answer = Promise.<QueryJobResponse>promise().future();
    assertThat(failure(CallOptions.within(Duration.ofMillis(200))).reason())
        .isEqualTo(Reason.DEADLINE);
    assertThat(calls).hasValue(2);
  }

  @Test
  void aSchedulerSpeaksForItsClientAndNobodyElseDoes() throws Exception {
    Identity bob = new Identity(Role.VIEWER, "bob");
    query(harness.client(Role.SCHEDULER, "sun"), IN_TIME.onBehalfOf(bob));
    assertThat(seen.get().caller()).isEqualTo(bob);
    assertThat(seen.get().peer()).isEqualTo(new Identity(Role.SCHEDULER, "sun"));
    query(IN_TIME.onBehalfOf(bob));
    assertThat(seen.get().caller()).isEqualTo(new Identity(Role.ADMIN, "anna"));
  }

  @Test
  void aSchedulerCannotCallWhatItsClientMayNot() {
    Identity worker = new Identity(Role.WORKER, "w");
    ApiException failure =
        failure(harness.client(Role.SCHEDULER, "sun"), IN_TIME.onBehalfOf(worker));
    assertThat(failure.reason()).isEqualTo(Reason.ROLE_NOT_ALLOWED);
    assertThat(calls).hasValue(0);
  }

  @Test
  void aRoleThatMayNotCallIsToldSo() {
    ApiException failure = failure(harness.client(Role.WORKER, "w1"), IN_TIME);
    assertThat(failure.reason()).isEqualTo(Reason.ROLE_NOT_ALLOWED);
    assertThat(failure).hasMessageContaining("worker").hasMessageContaining("Worker/QueryJob");
    assertThat(calls).hasValue(0);
  }

  @Test
  void aServerThatIsAnotherOneGetsNoRequest() throws Exception {
    for (int i = 0; i < 600; i++) { // more than streams fit on one connection
      assertThatThrownBy(
              () ->
                  client
                      .call(
                          harness.address(),
                          peer -> peer.equals(new Identity(Role.WORKER, "w1")),
                          WorkerGrpcClient.QueryJob,
                          QueryJobRequest.getDefaultInstance(),
                          IN_TIME)
                      .await(10, SECONDS))
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.WORKER_IDENTITY);
                assertThat(e.metadata()).containsEntry("identity", "spiffe://orrery/scheduler/sun");
              });
    }
    assertThat(calls).hasValue(0);
    query(IN_TIME);
    assertThat(calls).hasValue(1);
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() throws Exception {
    RpcClient stranger =
        RpcClient.create(
            harness.vertx, Tls.client(new TestParties(elsewhere).party(Role.ADMIN, "anna")));
    assertThat(failure(stranger, IN_TIME).reason()).isEqualTo(Reason.WORKER_IDENTITY);
    assertThat(calls).hasValue(0);
  }

  @Test
  void nobodyListeningIsUnreachable() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(
            () ->
                client
                    .call(
                        SocketAddress.inetSocketAddress(free, "localhost"),
                        RpcHarness.SCHEDULER,
                        WorkerGrpcClient.QueryJob,
                        QueryJobRequest.getDefaultInstance(),
                        IN_TIME)
                    .await(10, SECONDS))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WORKER_UNREACHABLE));
  }

  @Test
  void aThousandCallsAtOnceAllGetTheirOwnAnswer() throws Exception {
    List<Future<StartJobResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(
          client.call(
              harness.address(),
              RpcHarness.SCHEDULER,
              WorkerGrpcClient.StartJob,
              StartJobRequest.newBuilder().setCommand("c" + i).build(),
              IN_TIME));
    }
    Future.all(answers).await(30, SECONDS);
    for (int i = 0; i < 1000; i++) {
      assertThat(answers.get(i).result().getJobId()).isEqualTo("c" + i);
    }
  }

  @Test
  void aMethodThatIsNotServedIsToldSo() {
    assertThatThrownBy(
            () ->
                client
                    .call(
                        harness.address(),
                        RpcHarness.SCHEDULER,
                        WorkerGrpcClient.StopJob,
                        io.orrery.v1.StopJobRequest.getDefaultInstance(),
                        IN_TIME)
                    .await(10, SECONDS))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_SERVED));
  }

  @Test
  void aRequestOfFourMebibytesFitsAndOneByteMoreDoesNot() throws Exception {
    int overhead = StartJobRequest.newBuilder().setCommand("x").build().getSerializedSize();
    assertThat(overhead).isEqualTo(3);
    int fits = (4 << 20) - 5; // a length of four bytes, and the tag
    assertThat(start("x".repeat(fits)).getJobId()).hasSize(fits);
    assertThatThrownBy(() -> start("x".repeat(fits + 1)))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MESSAGE_TOO_LARGE));
  }

  private StartJobResponse start(String command) throws Exception {
    return client
        .call(
            harness.address(),
            RpcHarness.SCHEDULER,
            WorkerGrpcClient.StartJob,
            StartJobRequest.newBuilder().setCommand(command).build(),
            IN_TIME)
        .await(10, SECONDS);
  }
}
