package io.orrery.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.orrery.bus.JobBus;
import io.orrery.config.WorkerOptions;
import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.job.ResourceUse;
import io.orrery.output.OutputTails;
import io.orrery.output.Patience;
import io.orrery.output.StreamLimit;
import io.orrery.process.Exit;
import io.orrery.process.ScriptsFolder;
import io.orrery.process.Started;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a start that takes its time, and of one that fails as nobody expects. */
class StartUnderWayIT {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final RetentionPlan.Rules KEEP_ALL =
      new RetentionPlan.Rules(Duration.ofDays(1), 1000, Long.MAX_VALUE, 1000, Duration.ofDays(1));
  private static final String OWNER = "spiffe://orrery/admin/admin";

  @SuppressWarnings("NullAway") // it is not started
  private static final WorkerServer.Network NO_NETWORK = new WorkerServer.Network(null, null, null);

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HeldRunner runner = new HeldRunner();
  private final NewJob asked = new NewJob(JobId.random(), Asked.spec("true"), OWNER, 1, null);
  private WorkerExecutor pool;
  private JobDirectories directories;
  private OutputTails tails;
  private JobTable table;
  private Retention retention;
  private final Fitness fitness = new Fitness();
  private Jobs jobs;

  @BeforeEach
  void open() throws Exception {
    pool = vertx.createSharedWorkerExecutor("orrery-jobs", 4);
    directories = JobDirectories.open(directory.resolve("data"), StreamLimit.NONE);
    tails = new OutputTails(vertx, CLOCK, Patience.DEFAULT);
    table = new JobTable();
    retention =
        new Retention(
            KEEP_ALL,
            new EndedJobs(context, table, tails, new JobBus(vertx)),
            new JobRemoval(directories),
            CLOCK,
            System::nanoTime);
    Launches launches = new Launches(new ScriptsFolder(directory), directories);
    Jobs.Tools tools =
        new Jobs.Tools(
            context,
            pool,
            new JobBus(vertx),
            CLOCK,
            WorkerMeters.spawns(new SimpleMeterRegistry()));
    jobs =
        new Jobs(
            tools,
            table,
            new JobStarter(
                launches,
                new JobStarter.Disk(
                    directories,
                    JobOutputs.create(tails, directories, StreamLimit.NONE),
                    retention),
                runner,
                tools),
            WorkerIdentity.load("w1", directory),
            fitness);
  }

  @AfterEach
  void close() throws Exception {
    runner.letGo();
    retention.close();
    tails.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  /** On the worker's context, as all calls are. */
  private <T> Future<T> there(Supplier<Future<T>> call) {
    Promise<T> result = Promise.promise();
    context.runOnContext(_ -> call.get().onComplete(result));
    return result.future();
  }

  private Future<Job> start() throws Exception {
    Future<Job> started = there(() -> jobs.start(asked));
    assertThat(runner.entered.await(10, SECONDS)).isTrue();
    return started;
  }

  @Test
  void aStartThatBreaksIsRefusedAndNothingOfItIsLeftBehind() throws Exception {
    Future<Job> started = start();
    runner.letGo();

    assertThatThrownBy(() -> started.await(10, SECONDS)).hasMessage("nobody expected this");
    assertThat(directories.directory(asked.id())).doesNotExist();
    assertThat(there(() -> Future.succeededFuture(table.running())).await(10, SECONDS)).isZero();
  }

  @Test
  void aWorkerThatStopsWaitsForTheStartsThatAreUnderWayAndTakesNoOthers() throws Exception {
    Future<Job> started = start();
    Future<Void> none =
        there(
            () -> {
              fitness.suffer(Fitness.Trouble.STOPPING, "it is about to stop");
              return jobs.whenStarted();
            });
    Future<Job> another =
        there(() -> jobs.start(new NewJob(JobId.random(), Asked.spec("true"), OWNER, 1, null)));

    assertThatThrownBy(() -> another.await(10, SECONDS))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DRAINING));
    assertThat(none.isComplete()).isFalse();
    runner.letGo();

    none.await(10, SECONDS);
    assertThat(started.isComplete()).isTrue();
  }

  /** The same for a job that SIGKILL does not end, as its end is not told either. */
  @Test
  void aWorkerThatStopsDoesNotWaitForEverForAStartThatHangs() throws Exception {
    start();
    WorkerServer server =
        new WorkerServer(
            WorkerOptions.parse(options(), directory),
            vertx,
            new WorkerServer.Engine(
                runner,
                jobs,
                new SchedulerLink.Subject(table, fitness, _ -> List.of()),
                WorkerIdentity.load("w1", directory),
                new OpenParts(vertx)),
            NO_NETWORK,
            new WorkerServer.Waits(
                Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMillis(10)));

    there(server::stop).await(10, SECONDS);
  }

  private static JsonObject options() {
    return new JsonObject()
        .put("scheduler", new JsonArray().add("localhost:50051"))
        .put("runner", "embedded")
        .put("tls", new JsonObject().put("ca", "ca").put("cert", "cert").put("key", "key"));
  }

  @Test
  void whoReadsTheOutputOfAJobThatIsRefusedAfterAllIsToldSo() throws Exception {
    TestParties parties = new TestParties(directory);
    int port = there(() -> serve(parties)).await(10, SECONDS);
    RpcClient client = RpcClient.create(vertx, Tls.client(parties.party(Role.ADMIN, "admin")));
    Future<Job> started = start();
    ReplySource replies =
        client.stream(
                SocketAddress.inetSocketAddress(port, "localhost"),
                _ -> true,
                WorkerGrpcClient.StreamJob,
                StreamJobRequest.newBuilder().setJobId(asked.id().value()).build(),
                CallOptions.within(Duration.ofSeconds(30)))
            .await(10, SECONDS);
    replies.resume();
    runner.letGo();

    assertThatThrownBy(() -> replies.end().await(10, SECONDS))
        .isInstanceOfSatisfying(
            ApiException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.INTERNAL_BUG));
    assertThat(started.failed()).isTrue();
    assertThat(Files.exists(directories.directory(asked.id()))).isFalse();
  }

  private static Exit exit(int code) {
    return new Exit(
        new Exit.Cause.Exited(code),
        CLOCK.instant(),
        ResourceUse.UNKNOWN,
        Exit.Ending.BY_ITSELF,
        List.of());
  }

  private JobEnd.Cause causeOfTheEnd() throws Exception {
    Job over = there(() -> jobs.whenEnded(asked.id())).await(10, SECONDS);
    return ((JobState.Ended) over.state()).end().cause();
  }

  private JobState.Ended endOfAdopted(JobRecovery.StopCause why) throws Exception {
    JobId id = JobId.random();
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    Job running =
        new Job(
            id,
            asked.spec(),
            OWNER,
            new Job.Site("", "w1", 1),
            CLOCK.instant(),
            new JobState.Starting().started(1, CLOCK.instant()),
            Job.StreamBytes.NONE);
    directories.create(running);
    there(
            () -> {
              jobs.adopt(new JobRecovery.Resumed(running, exit, why));
              return Future.succeededFuture(id);
            })
        .await(10, SECONDS);
    Future<Job> over = there(() -> jobs.whenEnded(id));
    exit.complete(
        new Exit(
            new Exit.Cause.Signalled(15, false),
            CLOCK.instant(),
            ResourceUse.UNKNOWN,
            Exit.Ending.STOPPED,
            List.of()));
    return (JobState.Ended) over.await(10, SECONDS).state();
  }

  @Test
  void whyAJobWasStoppedIsToldByAWorkerThatTookItUpToo() throws Exception {
    JobState.Ended atLimit = endOfAdopted(new JobRecovery.StopCause(true, ""));
    JobState.Ended drained = endOfAdopted(new JobRecovery.StopCause(false, "drained"));

    assertThat(atLimit.name()).isEqualTo(JobState.Name.FAILED);
    assertThat(atLimit.end().cause()).isEqualTo(new JobEnd.OutputLimit());
    assertThat(drained.name()).isEqualTo(JobState.Name.STOPPED);
    assertThat(drained.end().note()).isEqualTo("drained");
  }

  @Test
  void anExitThatIsToldAgainIsNotThatOfTheNextAttempt() throws Exception {
    List<Consumer<Exit>> runs = new CopyOnWriteArrayList<>();
    runner.then =
        onExit -> {
          runs.add(onExit);
          return new Started(1, CLOCK.instant());
        };
    runner.letGo();
    start().await(10, SECONDS);
    runs.get(0).accept(exit(0));
    assertThat(causeOfTheEnd()).isEqualTo(new JobEnd.Exited(0));
    NewJob next = new NewJob(asked.id(), asked.spec(), OWNER, 2, null);
    there(() -> jobs.start(next)).await(10, SECONDS);

    runs.get(0).accept(exit(0));
    runs.get(1).accept(exit(7));

    assertThat(causeOfTheEnd()).isEqualTo(new JobEnd.Exited(7));
  }

  @Test
  void whatIsDecidedOfAnEarlierAttemptIsNotDoneToTheNextOne() throws Exception {
    runner.then = _ -> new Started(1, CLOCK.instant());
    runner.letGo();
    EndedJobs ended = new EndedJobs(context, table, tails, new JobBus(vertx));
    Job next =
        there(() -> jobs.start(new NewJob(asked.id(), asked.spec(), OWNER, 2, null)))
            .await(10, SECONDS);
    Job earlier =
        new Job(
            next.id(),
            next.spec(),
            OWNER,
            new Job.Site("", "w1", 1),
            next.createTime(),
            JobEnds.lost(null, "nobody knows", CLOCK.instant()),
            Job.StreamBytes.NONE);

    assertThat(ended.show(earlier)).isFalse();
    assertThat(ended.forget(earlier)).isFalse();

    assertThat(there(() -> Future.succeededFuture(table.lookUp(next.id()))).await(10, SECONDS))
        .contains(next);
  }

  private Future<Integer> serve(TestParties parties) {
    RpcServer server =
        RpcServer.create(
            vertx,
            new RpcServerOptions(
                "127.0.0.1", 0, Tls.server(parties.party(Role.WORKER, "w1", "localhost"))));
    JobViews views = new JobViews(table, directories, pool);
    new JobStreaming(jobs, views, directories, tails, new JobBus(vertx)).bind(server);
    return server.listen();
  }
}
