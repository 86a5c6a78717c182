package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job.StreamBytes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that cuts its own files, as one does that opens /dev/stderr with {@code >}. */
final class CutFilesTest {
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

  private static void cut(PrintingJob job, String name, int size) throws IOException {
    try (FileChannel file =
        FileChannel.open(job.directory.resolve(name), StandardOpenOption.WRITE)) {
      file.truncate(size);
    }
  }

  private static Reader lastLine(PrintingJob job) {
    return job.follow(
        new FollowRequest(
            new FollowRequest.Start.LastLines(1), FollowRequest.ALL.streams(), false));
  }

  /** A reader may have read the files on its own; who does not follow asks the tail. */
  private static void assertSeen(PrintingJob job, StreamBytes sizes) throws Exception {
    assertThat(lastLine(job).awaitEnd()).isEqualTo(sizes);
  }

  @Test
  void whatIsWrittenAfterTheCutGoesOnWhereTheStreamHadGotTo() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader live = job.follow();
      job.warn("before the cut\n");
      live.awaitSize(STDERR, 15);
      assertSeen(job, new StreamBytes(0, 15));

      cut(job, "stderr", 0);
      job.warn("after\n");
      live.awaitSize(STDERR, 21);
      assertSeen(job, new StreamBytes(0, 21));
      job.warn("and on\n");

      assertThat(job.finish()).isEqualTo(new StreamBytes(0, 28));
      live.awaitEnd();
      assertThat(live.err()).isEqualTo("before the cut\nafter\nand on\n");
      assertThat(live.gaps()).isEmpty();
    }
  }

  @Test
  void aLaterReaderGetsAGapForWhatIsGoneAndTheRestAtItsOffsets() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader witness = job.follow();
      job.print("0123456789");
      job.warn("abc");
      witness.awaitSize(STDOUT, 10);
      witness.awaitSize(STDERR, 3);
      assertSeen(job, new StreamBytes(10, 3));

      cut(job, "stdout", 4);
      Files.delete(job.directory.resolve("stderr"));
      StreamBytes totals = new StreamBytes(14, 3);

      assertThat(job.finish()).isEqualTo(totals);
      Reader late = job.follow();
      assertThat(late.awaitEnd()).isEqualTo(totals);
      assertThat(late.out()).isEqualTo("0123");
      assertThat(late.gaps())
          .containsExactlyInAnyOrder(
              new OutputGap(STDOUT, 0, 10, GapReason.LOST),
              new OutputGap(STDERR, 0, 3, GapReason.LOST));
      Reader last = lastLine(job);
      last.awaitEnd();
      assertThat(last.out()).isEqualTo("0123");
      // Of the removed file it depends on whether the tail had it open.
      assertThat(last.gaps()).extracting(OutputGap::stream).doesNotContain(STDOUT);
    }
  }

  @Test
  void aSecondCutMovesTheRestAgain() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader live = job.follow();
      for (String text : new String[] {"first", "2nd", "3"}) {
        long before = live.size(STDOUT);
        cut(job, "stdout", 0);
        job.print(text);
        live.awaitSize(STDOUT, before + text.length());
        assertSeen(job, new StreamBytes(before + text.length(), 0));
      }

      assertThat(job.finish()).isEqualTo(new StreamBytes(9, 0));
      Reader late = job.follow();
      late.awaitEnd();
      assertThat(late.out()).isEqualTo("3");
      assertThat(late.gaps()).containsExactly(new OutputGap(STDOUT, 0, 8, GapReason.LOST));
    }
  }

  @Test
  void aCutThatNobodySawHappenIsSeenFromTheTimeline() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    job.print("seen by the worker");
    job.close();

    cut(job, "stdout", 5);

    try (OutputFiles files = new OutputFiles(job.directory)) {
      assertThat(files.settledSizes()).isEqualTo(new StreamBytes(18 + 5, 0));
    }
    try (OutputFiles again = new OutputFiles(job.directory)) {
      assertThat(again.settledSizes()).isEqualTo(again.sizes()).isEqualTo(new StreamBytes(23, 0));
      assertThat(again.read(STDOUT, 18, 5)).asString().isEqualTo("seen ");
    }
  }

  @Test
  void whatACutFileHoldsIsNotTakenForWhatWasThereBeforeTheTailHasSeenIt() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    job.print("seen by the worker");
    job.close();
    cut(job, "stdout", 0);
    Files.writeString(job.directory.resolve("stdout"), "later");
    StreamBytes seen = new StreamBytes(18, 0);
    JobOutput output = new JobOutput(job.id, job.directory);

    try (OutputHistory history =
        new OutputHistory(output, FollowRequest.ALL.streams(), new ChunkCache())) {
      OutputHistory.Batch batch =
          history.next(new OutputHistory.Wish(StreamBytes.NONE, seen, null, 1000));

      assertThat(batch.end()).isEqualTo(seen);
      assertThat(batch.passages())
          .containsExactly(new Passage.Missing(new OutputGap(STDOUT, 0, 18, GapReason.LOST)));
    }
  }

  @Test
  void aJobThatDidNotStartIsWatchedNoMore() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    assertThat(tails.isWatched(job.id).await(10, TimeUnit.SECONDS)).isTrue();

    tails.unwatch(job.id).await(10, TimeUnit.SECONDS);

    assertThat(tails.isWatched(job.id).await(10, TimeUnit.SECONDS)).isFalse();
    job.close();
  }
}
