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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FollowerStartTest {
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

  private static FollowRequest request(Start start) {
    return new FollowRequest(start, EnumSet.of(STDOUT, STDERR), true);
  }

  @Test
  void everyOffsetCanBeResumedFrom() throws Exception {
    String text = "0123456789\nabcdefghij\n";
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print(text.substring(0, 7));
      List<Reader> readers = new ArrayList<>();
      for (int i = 0; i <= text.length(); i++) {
        readers.add(job.follow(from(i, 0)));
      }
      job.print(text.substring(7));
      job.finish();
      for (int i = 0; i <= text.length(); i++) {
        readers.get(i).awaitEnd();
        assertThat(readers.get(i).out()).isEqualTo(text.substring(i));
        Reader late = job.follow(from(i, 0));
        late.awaitEnd();
        assertThat(late.out()).isEqualTo(text.substring(i));
      }
    }
  }

  @Test
  void anOffsetBeyondARunningJobWaitsUntilTheJobGetsThere() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("abc");
      Reader reader = job.follow(from(5, 0));
      Reader witness = job.follow();
      witness.awaitSize(STDOUT, 3);
      job.print("defg");
      reader.awaitSize(STDOUT, 2);
      job.print("h");
      job.finish();
      reader.awaitEnd();
      assertThat(reader.out()).isEqualTo("fgh");
    }
  }

  @Test
  void anOffsetPastTheEndOfAFinishedJobIsRefused() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("abc");
      Reader early = job.follow(from(4, 0));
      job.finish();
      Reader late = job.follow(from(4, 0));
      for (Reader reader : List.of(early, late)) {
        assertThatThrownBy(reader::awaitEnd)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                ApiException.class,
                e -> {
                  assertThat(e.reason()).isEqualTo(Reason.OFFSET_PAST_END);
                  assertThat(e.metadata()).isEqualTo(Map.of("offset", "4", "size", "3"));
                });
      }
      assertThat(job.follow(from(3, 0)).awaitEnd()).isEqualTo(new StreamBytes(3, 0));
    }
  }

  @Test
  void theLastLinesAndBytesAreThoseOfTheMomentOfTheCall() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      job.print("one\ntwo\nthree\n");
      Reader lines = job.follow(request(new Start.LastLines(2)));
      Reader bytes = job.follow(request(new Start.LastBytes(3)));
      Reader nothing = job.follow(request(new Start.LastLines(0)));
      lines.awaitSize(STDOUT, 10);
      bytes.awaitSize(STDOUT, 3);
      Reader.await("all at the edge", () -> tailsHaveReaders(job, 3));
      job.print("four\n");
      job.finish();
      lines.awaitEnd();
      bytes.awaitEnd();
      nothing.awaitEnd();
      assertThat(lines.out()).isEqualTo("two\nthree\nfour\n");
      assertThat(bytes.out()).isEqualTo("ee\nfour\n");
      assertThat(nothing.out()).isEqualTo("four\n");
    }
  }

  @Test
  void whatWasSeenSinceATimeCanBeAskedFor() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader witness = job.follow();
      job.print("before\n");
      witness.awaitSize(STDOUT, 7);
      Instant between = witness.lastTime().plusNanos(1);
      Reader.await("the clock", () -> Instant.now().isAfter(between.plusMillis(60)));
      job.print("after\n");
      witness.awaitSize(STDOUT, 13);
      Reader since = job.follow(request(new Start.Since(between)));
      Reader all = job.follow(request(new Start.Since(Instant.EPOCH)));
      Reader none = job.follow(request(new Start.Since(Instant.now().plusSeconds(60))));
      since.awaitSize(STDOUT, 6);
      job.finish();
      since.awaitEnd();
      all.awaitEnd();
      none.awaitEnd();
      assertThat(since.out()).isEqualTo("after\n");
      assertThat(all.out()).isEqualTo("before\nafter\n");
      assertThat(none.out()).isEmpty();
    }
  }

  @Test
  void aJobThatEndedWhileTheWorkerWasAwayIsFinishedFromItsFiles() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs)) {
      Files.writeString(job.directory.resolve("stdout"), "alone\n");
      assertThat(job.finish()).isEqualTo(new StreamBytes(6, 0));
      Reader reader = job.follow(request(new Start.LastLines(1)));
      reader.awaitEnd();
      assertThat(reader.out()).isEqualTo("alone\n");
    }
  }

  private boolean tailsHaveReaders(PrintingJob job, int count) {
    return tails.readers(job.id).await() >= count;
  }
}
