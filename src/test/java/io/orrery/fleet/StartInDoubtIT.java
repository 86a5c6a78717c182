package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts whose outcome is not known, and ids that are used again. */
class StartInDoubtIT {
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

  /** A worker that fails in the middle of every start; answers with its id. */
  private static String startBroken(String name, Queue<String> asked) throws Exception {
    Identity identity = new Identity(Role.WORKER, name);
    RpcServerOptions options =
        new RpcServerOptions("127.0.0.1", 0, Tls.server(fleet.issue(identity)));
    AtomicInteger port = new AtomicInteger();
    Fleet.await(
        fleet
            .vertx()
            .deployVerticle(
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    return RpcServer.create(vertx, options)
                        .unary(
                            WorkerGrpcService.StartJob,
                            (_, request) -> {
                              asked.add(request.getJobId());
                              throw new ApiException(Reason.INTERNAL_BUG, "broken");
                            })
                        .listen()
                        .onSuccess(port::set);
                  }
                }));
    RegisterWorkerRequest registration =
        RegisterWorkerRequest.newBuilder()
            .setIncarnation(JobId.random().value())
            .setWorker(
                WorkerDescription.newBuilder().setName(name).setAddress("127.0.0.1:" + port.get()))
            .build();
    String id =
        fleet
            .call(fleet.client(Role.WORKER, name), SchedulerGrpcClient.RegisterWorker, registration)
            .getWorkerId();
    fleet.awaitOnline(name, port.get());
    return id;
  }

  @Test
  void aStartWithoutAnIdWhoseOutcomeIsNotKnownTellsTheIdThatItWasGiven() throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    String worker = startBroken("broken", asked);
    StartJobRequest request =
        StartJobRequest.newBuilder().setWorkerId(worker).setCommand("true").build();

    ApiException doubt =
        catchThrowableOfType(
            ApiException.class,
            () -> fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, request));

    assertThat(doubt.reason()).isEqualTo(Reason.INTERNAL_BUG);
    assertThat(doubt.metadata()).containsEntry("job_id", asked.peek());
  }

  private static StartJobRequest.Builder sleepOn(Fleet.Node node, String id) {
    return StartJobRequest.newBuilder()
        .setJobId(id)
        .setWorkerId(node.id())
        .setCommand("sleep")
        .addArgs("1000");
  }

  private static ApiException refusal(int port, RpcClient client, StartJobRequest request) {
    return catchThrowableOfType(
        ApiException.class, () -> fleet.callAt(port, client, WorkerGrpcClient.StartJob, request));
  }

  @Test
  void anIdThatIsTakenIsAConflictWhateverElseIsWrongWithTheRepeatAndWhoeverHasIt()
      throws Exception {
    String id = JobId.random().value();
    RpcClient olga = fleet.client(Role.OPERATOR, "olga");
    RpcClient otto = fleet.client(Role.OPERATOR, "otto");
    fleet.call(olga, WorkerGrpcClient.StartJob, sleepOn(one, id).build());

    for (int port : new int[] {fleet.schedulerPort(), one.port()}) {
      ApiException own = refusal(port, olga, sleepOn(two, id).build());
      ApiException strange = refusal(port, otto, sleepOn(two, id).build());

      assertThat(own.reason()).isEqualTo(Reason.REQUEST_ID_CONFLICT);
      assertThat(strange).hasMessage(own.getMessage());
      assertThat(strange.reason()).isEqualTo(own.reason());
      assertThat(strange.metadata()).isEqualTo(own.metadata());
      assertThat(refusal(port, otto, sleepOn(one, id).build())).hasMessage(own.getMessage());
      assertThat(refusal(port, olga, sleepOn(one, id).setRunAs("nobody").build()).reason())
          .isEqualTo(Reason.REQUEST_ID_CONFLICT);
    }
    fleet.call(olga, WorkerGrpcClient.StartJob, sleepOn(one, id).build());
  }

  @Test
  void anIdOfAWorkerThatHasLeftIsStillTaken() throws Exception {
    Fleet.Node leaving = fleet.startWorker("w3");
    String id = JobId.random().value();
    RpcClient olga = fleet.client(Role.OPERATOR, "olga");
    fleet.call(olga, WorkerGrpcClient.StartJob, sleepOn(leaving, id).build());
    fleet.stop(leaving.running());

    assertThatThrownBy(() -> fleet.call(olga, WorkerGrpcClient.StartJob, sleepOn(one, id).build()))
        .isInstanceOfSatisfying(
            ApiException.class,
            doubt -> assertThat(doubt.reason()).isEqualTo(Reason.WORKER_UNREACHABLE));
    assertThat(
            refusal(
                    fleet.schedulerPort(),
                    fleet.client(Role.OPERATOR, "otto"),
                    sleepOn(one, id).build())
                .reason())
        .isEqualTo(Reason.REQUEST_ID_CONFLICT);
  }
}
