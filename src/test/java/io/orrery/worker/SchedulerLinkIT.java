package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.orrery.config.TlsFiles;
import io.orrery.job.ApiException;
import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobCommand;
import io.orrery.job.JobEnd;
import io.orrery.job.JobId;
import io.orrery.job.JobInput;
import io.orrery.job.JobSpec;
import io.orrery.job.JobState;
import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.rpc.Times;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.HeartbeatResponse;
import io.orrery.v1.JobSummary;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.RegisterWorkerResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerOrders;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a worker with very many jobs tells its scheduler: all of it, in messages of a bounded size.
 */
class SchedulerLinkIT {
  private static final JobSpec SPEC =
      new JobSpec(
          new JobCommand("true", "", List.of(), Map.of(), ""),
          JobInput.NONE,
          null,
          null,
          Limits.NONE,
          Map.of(),
          "",
          false,
          OutputPolicy.DEFAULT,
          null,
          Placement.ANY);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Queue<RegisterWorkerRequest> registrations = new ConcurrentLinkedQueue<>();
  private final Queue<HeartbeatRequest> heartbeats = new ConcurrentLinkedQueue<>();
  private final JobTable table = new JobTable();
  private final Fitness fitness = new Fitness();
  private final AtomicReference<WorkerOrders> orders =
      new AtomicReference<>(WorkerOrders.getDefaultInstance());
  private final AtomicReference<Runnable> duringBeat = new AtomicReference<>(() -> {});
  private final AtomicReference<ApiException> refusal = new AtomicReference<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private Context context;
  private SchedulerLink link;

  @BeforeEach
  void serve() throws Exception {
    TestParties parties = new TestParties(directory);
    TlsFiles files = parties.party(Role.SCHEDULER, "sun", "localhost", "127.0.0.1");
    AtomicInteger port = new AtomicInteger();
    vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                RpcServerOptions options = new RpcServerOptions("127.0.0.1", 0, Tls.server(files));
                return RpcServer.create(vertx, options)
                    .unary(SchedulerGrpcService.RegisterWorker, (_, request) -> register(request))
                    .unary(SchedulerGrpcService.Heartbeat, (_, request) -> beat(request))
                    .listen()
                    .onSuccess(port::set);
              }
            })
        .await(10, TimeUnit.SECONDS);
    SchedulerCalls calls =
        new SchedulerCalls(
            vertx,
            RpcClient.create(vertx, Tls.client(parties.party(Role.WORKER, "w1"))),
            List.of(new HostPort("localhost", port.get())),
            WorkerIdentity.load("w1", directory),
            WorkerDescription.newBuilder().setName("w1").build());
    context = vertx.getOrCreateContext();
    link =
        new SchedulerLink(
            vertx, calls, new SchedulerLink.Subject(table, fitness, SchedulerLinkIT::asked));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static List<JobId> asked(WorkerOrders orders) {
    return orders.getReportJobIdsList().stream().map(JobId::new).toList();
  }

  private Future<RegisterWorkerResponse> register(RegisterWorkerRequest request) {
    registrations.add(request);
    return Future.succeededFuture(
        RegisterWorkerResponse.newBuilder()
            .setWorkerId("id")
            .setLease(Times.duration(Duration.ofHours(1)))
            .setOrders(orders.get())
            .build());
  }

  /** Answers after a moment, in which another could come. */
  private Future<HeartbeatResponse> beat(HeartbeatRequest request) {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    heartbeats.add(request);
    duringBeat.getAndSet(() -> {}).run();
    ApiException trouble = refusal.getAndSet(null);
    return vertx
        .timer(5, TimeUnit.MILLISECONDS)
        .compose(
            _ -> {
              atOnce.decrementAndGet();
              return trouble != null
                  ? Future.failedFuture(trouble)
                  : Future.succeededFuture(
                      HeartbeatResponse.newBuilder()
                          .setLease(Times.duration(Duration.ofHours(1)))
                          .build());
            });
  }

  /** Jobs of which the oldest runs, and the others have ended. */
  private void fill(int count) {
    fill(0, count);
  }

  private void fill(int from, int count) {
    for (int i = from; i < from + count; i++) {
      Instant time = Instant.ofEpochSecond(1_000_000 + i);
      JobState state =
          i == 0
              ? new JobState.Starting()
              : new JobState.Ended(
                  JobState.Name.SUCCEEDED,
                  new JobEnd(new JobEnd.Exited(0)),
                  Completion.unused(null, time));
      table.put(
          new Job(
              id(i),
              SPEC,
              "spiffe://orrery/operator/" + "x".repeat(63),
              new Job.Site("id", "w1", 1),
              time,
              state,
              Job.StreamBytes.NONE));
    }
  }

  private static JobId id(int number) {
    return new JobId("00000000-0000-4000-8000-%012d".formatted(number));
  }

  private static void eventually(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time for: " + what).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Set<String> changed() {
    Set<String> ids = new HashSet<>();
    heartbeats.forEach(
        beat -> beat.getChangedJobsList().stream().map(JobSummary::getJobId).forEach(ids::add));
    return ids;
  }

  @Test
  void aRegistrationTellsTheRunningAndTheYoungestAndTheRestOfTheChangedComesAfterIt()
      throws Exception {
    fill(12_000);
    context.runOnContext(
        _ -> {
          table.newest(Integer.MAX_VALUE).forEach(job -> link.jobChanged(job.id()));
          // The scheduler has heard of these before.
          fill(12_000, SchedulerLink.MOST_REPORTED);
          link.start();
        });

    eventually("all of the changed", () -> whole().containsAll(ids(0, 12_000)));

    RegisterWorkerRequest registration = registrations.element();
    assertThat(registration.getJobsCount()).isEqualTo(SchedulerLink.MOST_REPORTED);
    assertThat(registration.getSerializedSize()).isLessThan(4 << 20);
    assertThat(registration.getJobs(0).getJobId()).endsWith("000000000000");
    assertThat(registration.getJobs(1).getJobId()).endsWith("000000031999");
    assertThat(registrations).hasSize(1);
    assertThat(changed()).hasSize(11_999); // one runs, and was in the registration
    assertThat(heartbeats)
        .allSatisfy(
            beat ->
                assertThat(beat.getChangedJobsCount())
                    .isLessThanOrEqualTo(SchedulerLink.MOST_CHANGED));
  }

  private static Set<String> ids(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(number -> id(number).value())
        .collect(Collectors.toSet());
  }

  /** The jobs that were told with all that lists show of them. */
  private Set<String> whole() {
    return Stream.concat(
            registrations.stream().flatMap(told -> told.getJobsList().stream()),
            heartbeats.stream().flatMap(told -> told.getChangedJobsList().stream()))
        .filter(JobSummary::hasJob)
        .map(JobSummary::getJobId)
        .collect(Collectors.toSet());
  }

  @Test
  void howAJobEndedIsToldWithTheRegistrationOrAfterItAndNeverOnlyThatItEnded() throws Exception {
    fill(8_000);
    context.runOnContext(
        _ -> {
          table.newest(Integer.MAX_VALUE).forEach(job -> link.jobChanged(job.id()));
          link.start();
        });

    eventually("all ends", () -> whole().containsAll(ids(0, 8_000)));

    RegisterWorkerRequest registration = registrations.element();
    assertThat(registration.getJobsCount()).isBetween(100, 7_000);
    assertThat(registration.getJobsList()).allMatch(JobSummary::hasJob);
    assertThat(registration.getSerializedSize()).isLessThan(1 << 20);
  }

  @Test
  void changesOfALongOutageComeInPartsAtOnce() throws Exception {
    fill(12_000);
    context.runOnContext(_ -> link.start());
    eventually("the registration", () -> !registrations.isEmpty());
    context.runOnContext(
        _ -> table.newest(Integer.MAX_VALUE).forEach(job -> link.jobChanged(job.id())));

    eventually("all changes", () -> changed().size() == 12_000);

    assertThat(heartbeats.stream().map(HeartbeatRequest::getChangedJobsCount))
        .startsWith(SchedulerLink.MOST_CHANGED, SchedulerLink.MOST_CHANGED, 2000);
  }

  @Test
  void aChangeIsToldAtOnceWithTheWholeJob() throws Exception {
    context.runOnContext(_ -> link.start());
    eventually("the registration", () -> !registrations.isEmpty());
    fill(1);
    context.runOnContext(
        _ -> table.newest(Integer.MAX_VALUE).forEach(job -> link.jobChanged(job.id())));

    // The lease is an hour: nothing else makes it beat.
    eventually("the change", () -> changed().size() == 1);

    JobSummary told = heartbeats.element().getChangedJobs(0);
    assertThat(told.getJob().getJobId()).isEqualTo(told.getJobId());
    assertThat(told.getCreateTime()).isEqualTo(told.getJob().getCreateTime());
  }

  @Test
  void manyChangesAtOnceAreFewHeartbeatsAndNeverTwoAtOneTime() throws Exception {
    context.runOnContext(_ -> link.start());
    eventually("the registration", () -> !registrations.isEmpty());
    fill(500);
    for (int i = 0; i < 500; i++) {
      JobId id = id(i);
      context.runOnContext(_ -> link.jobChanged(id));
    }

    eventually("all changes", () -> changed().size() == 500);

    assertThat(heartbeats.size()).isLessThan(50);
    assertThat(mostAtOnce.get()).isEqualTo(1);
  }

  @Test
  void theJobsThatTheSchedulerAsksForAreToldOrForgotten() throws Exception {
    fill(1);
    String unknown = JobId.random().value();
    String known = table.newest(1).iterator().next().id().value();
    orders.set(WorkerOrders.newBuilder().addReportJobIds(unknown).addReportJobIds(known).build());
    context.runOnContext(_ -> link.start());

    eventually(
        "the answer",
        () ->
            heartbeats.stream().anyMatch(beat -> beat.getForgottenJobIdsList().contains(unknown)));

    assertThat(changed()).containsExactly(known);
    assertThat(heartbeats.element().getForgottenJobIdsList()).containsExactly(unknown);
  }

  @Test
  void aJobThatIsStartedAgainAfterItWasForgottenIsNotToldAsForgotten() throws Exception {
    context.runOnContext(_ -> link.start());
    eventually("the registration", () -> !registrations.isEmpty());
    duringBeat.set(() -> context.runOnContext(_ -> fill(1)));
    refusal.set(new ApiException(Reason.STORE_UNAVAILABLE, "the answer did not come"));
    context.runOnContext(
        _ -> {
          link.jobForgotten(id(0));
          link.jobForgotten(id(1));
        });

    eventually("the heartbeat again", () -> heartbeats.size() == 2);

    List<HeartbeatRequest> beats = List.copyOf(heartbeats);
    assertThat(beats.getFirst().getForgottenJobIdsList())
        .containsExactly(id(0).value(), id(1).value());
    assertThat(beats.getLast().getForgottenJobIdsList()).containsExactly(id(1).value());
  }

  @Test
  void whatHappensDuringAHeartbeatIsToldWithOneNextToIt() throws Exception {
    duringBeat.set(() -> context.runOnContext(_ -> fitness.suffer(Fitness.Trouble.DISK, "full")));
    context.runOnContext(_ -> link.start());
    eventually("the registration", () -> !registrations.isEmpty());
    fill(1);
    context.runOnContext(
        _ -> table.newest(Integer.MAX_VALUE).forEach(job -> link.jobChanged(job.id())));

    eventually(
        "the trouble",
        () -> heartbeats.stream().anyMatch(beat -> beat.getUnfitReason().equals("full")));

    assertThat(heartbeats.element().getUnfitReason()).isEmpty();
  }
}
