package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.Reason;
import io.orrery.output.FollowRequest.Start;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FollowerTest {
  @TempDir Path jobs;
  private Vertx vertx;
  private OutputTails tails;

  @BeforeEach
  void begin() throws IOException {
    vertx = Vertx.vertx();
    tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);
  }

  @AfterEach
  void end() throws Exception {
    tails.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static FollowRequest from(long out, long err) {
    return new FollowRequest(
        new Start.From(new StreamBytes(out, err)), EnumSet.of(STDOUT, STDERR), true);
  }

  @Test
  void aReaderSeesEachLineAsItIsPrintedAndThenTheEnd() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = job.follow();
      for (int i = 0; i < 20; i++) {
        job.print("line " + i + "\n");
        reader.awaitSize(STDOUT, Files.size(job.directory.resolve("stdout")));
      }
      job.warn("done\n");
      assertThat(job.finish()).isEqualTo(new StreamBytes(reader.size(STDOUT), 5));
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(reader.size(STDOUT), 5));
      assertThat(reader.out()).startsWith("line 0\nline 1\n").endsWith("line 19\n");
      assertThat(reader.err()).isEqualTo("done\n");
      assertThat(reader.ends()).isEqualTo(1);
    }
  }

  @Test
  void aReaderMayComeBeforeTheJobHasStarted() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs)) {
      Reader reader = job.follow();
      job.start();
      job.print("early\n");
      reader.awaitSize(STDOUT, 6);
      job.finish();
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(6, 0));
    }
  }

  @Test
  void aReaderMayComeAfterTheEnd() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("late\n");
      job.finish();
      Reader reader = job.follow();
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(5, 0));
      assertThat(reader.out()).isEqualTo("late\n");
    }
  }

  @Test
  void aJobOfAnEarlierLifeOfTheWorkerIsReadFromItsFiles() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs)) {
      Files.writeString(job.directory.resolve("stdout"), "old\n");
      tails.restore(job.id, job.directory, new StreamBytes(4, 0), StreamLimit.NONE);
      Reader reader = job.follow();
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(4, 0));
      assertThat(reader.out()).isEqualTo("old\n");
    }
  }

  @Test
  void aJobWithoutOutputEndsWithNothing() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader early = job.follow();
      assertThat(job.finish()).isEqualTo(StreamBytes.NONE);
      Reader late = job.follow();
      assertThat(early.awaitEnd()).isEqualTo(StreamBytes.NONE);
      assertThat(late.awaitEnd()).isEqualTo(StreamBytes.NONE);
      assertThat(early.chunks()).isEmpty();
    }
  }

  @Test
  void aJobThatWasNeverStartedCanBeFinished() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs)) {
      Reader reader = job.follow();
      assertThat(job.finish()).isEqualTo(StreamBytes.NONE);
      assertThat(job.finish()).isEqualTo(StreamBytes.NONE);
      assertThat(reader.awaitEnd()).isEqualTo(StreamBytes.NONE);
    }
  }

  @Test
  void whoDoesNotFollowGetsWhatIsThereNow() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("now\n");
      Reader reader =
          job.follow(new FollowRequest(FollowRequest.ALL.start(), EnumSet.of(STDOUT), false));
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(4, 0));
      assertThat(reader.out()).isEqualTo("now\n");
    }
  }

  @Test
  void oneStreamAloneCanBeFollowed() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader =
          job.follow(new FollowRequest(FollowRequest.ALL.start(), EnumSet.of(STDERR), true));
      job.print("not this\n");
      job.warn("this\n");
      reader.awaitSize(STDERR, 5);
      job.print("nor this\n");
      job.finish();
      assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(18, 5));
      assertThat(reader.out()).isEmpty();
      assertThat(reader.err()).isEqualTo("this\n");
    }
  }

  @Test
  void theOrderOfTheStreamsIsTheSameForLateReaders() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader live = job.follow();
      for (int i = 0; i < 10; i++) {
        job.print("out" + i + "\n");
        live.awaitSize(STDOUT, (i + 1) * 5L);
        Instant seen = live.lastTime();
        Reader.await("the clock", () -> Instant.now().isAfter(seen.plusMillis(2)));
        job.warn("err" + i + "\n");
        live.awaitSize(STDERR, (i + 1) * 5L);
        Instant seenToo = live.lastTime();
        Reader.await("the clock", () -> Instant.now().isAfter(seenToo.plusMillis(2)));
      }
      job.finish();
      Reader late = job.follow();
      live.awaitEnd();
      late.awaitEnd();
      assertThat(late.chunks().stream().map(chunk -> chunk.bytes().toString()))
          .containsExactlyElementsOf(
              live.chunks().stream().map(chunk -> chunk.bytes().toString()).toList())
          .hasSize(20);
      assertThat(late.chunks().stream().map(chunk -> chunk.time()))
          .containsExactlyElementsOf(live.chunks().stream().map(chunk -> chunk.time()).toList());
    }
  }

  @Test
  void aFullReaderHoldsNothingUpAndGoesOnWhereItStood() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader stalled = job.follow();
      Reader other = job.follow();
      stalled.fill();
      byte[] block = new byte[100_000];
      for (int i = 0; i < 50; i++) {
        job.print(block);
      }
      other.awaitSize(STDOUT, 5_000_000);
      assertThat(stalled.size(STDOUT)).isLessThan(600_000);
      stalled.drain();
      stalled.awaitSize(STDOUT, 5_000_000);
      stalled.fill();
      job.print("end");
      job.finish();
      other.awaitEnd();
      stalled.drain();
      stalled.awaitEnd();
      assertThat(stalled.size(STDOUT)).isEqualTo(5_000_003);
    }
  }

  @Test
  void aClosedReaderGetsNothingMore() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = new Reader();
      Follower follower = job.follow(FollowRequest.ALL, reader);
      job.print("a");
      reader.awaitSize(STDOUT, 1);
      follower.close();
      follower.close();
      Reader witness = job.follow();
      job.print("b");
      job.finish();
      witness.awaitEnd();
      assertThat(reader.out()).isEqualTo("a");
      assertThat(reader.ends()).isZero();
    }
  }

  @Test
  void aReaderMayCloseItselfWhileItIsWrittenTo() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("x".repeat(1_000_000));
      AtomicReference<Follower> self = new AtomicReference<>();
      CountDownLatch known = new CountDownLatch(1);
      Reader reader =
          new Reader(
              () -> {
                known.await();
                self.get().close();
                return null;
              });
      self.set(job.follow(FollowRequest.ALL, reader));
      known.countDown();
      reader.awaitSize(STDOUT, 1);
      job.finish();
      job.follow().awaitEnd();
      assertThat(reader.chunks()).hasSize(1);
      assertThat(reader.ends()).isZero();
    }
  }

  @Test
  void aRestartOfTheWorkerLosesNoByte() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    Reader before = job.follow();
    job.print("one ");
    before.awaitSize(STDOUT, 4);
    tails.close().await(10, TimeUnit.SECONDS);
    assertThatThrownBy(before::awaitEnd)
        .cause()
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.DRAINING);
              assertThat(e.metadata()).containsEntry("stdout_offset", "4");
            });
    job.print("two ");
    tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);
    Reader after = new Reader();
    tails.follow(job.id, job.directory, from(4, 0), after);
    tails.watch(job.id, job.directory, StreamLimit.NONE).await(10, TimeUnit.SECONDS);
    job.print("three");
    after.awaitSize(STDOUT, 9);
    assertThat(tails.finish(job.id, job.directory).await(10, TimeUnit.SECONDS))
        .isEqualTo(new StreamBytes(13, 0));
    after.awaitEnd();
    assertThat(before.out() + after.out()).isEqualTo("one two three");
  }
}
