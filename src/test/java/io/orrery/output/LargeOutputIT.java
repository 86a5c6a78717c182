package io.orrery.output;

import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.OutputPolicy;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Much output, long lines, no lines, and many jobs. */
final class LargeOutputIT {
  private static final int MEBIBYTE = 1024 * 1024;

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
    tails.close().await(30, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static Process shell(PrintingJob job, String script) throws IOException {
    return new ProcessBuilder("bash", "-c", script)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(job.directory.resolve("stdout").toFile()))
        .start();
  }

  private static long onDisk(PrintingJob job) {
    try {
      String file = job.directory.resolve("stdout").toString();
      Process stat = new ProcessBuilder("stat", "-c", "%b", file).start();
      return Long.parseLong(stat.inputReader().readLine()) * 512;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Reader followMuch(PrintingJob job) {
    Reader reader = Reader.ofMuch();
    job.follow(FollowRequest.ALL, reader);
    return reader;
  }

  @Test
  void aJobThatPrintsTenTimesItsLimitIsWholeForAReaderWhoKeepsUp() throws Exception {
    long limit = 32L * MEBIBYTE;
    int pieces = 320;
    Random random = new Random(5);
    MessageDigest source = Reader.sha256();
    try (PrintingJob job =
        new PrintingJob(tails, jobs).start(new StreamLimit(limit, OutputPolicy.Limit.KEEP_TAIL))) {
      List<Reader> late = new ArrayList<>();
      Reader fast = followMuch(job);
      byte[] piece = new byte[MEBIBYTE];
      for (int i = 1; i <= pieces; i++) {
        random.nextBytes(piece);
        source.update(piece);
        job.print(piece);
        // As a fast reader does: never as far behind as the limit.
        fast.awaitSize(STDOUT, (i - 16L) * MEBIBYTE);
        if (i % 100 == 0) {
          late.add(followMuch(job));
          Reader.await("the space", () -> onDisk(job) <= limit + limit / 8 + MEBIBYTE);
        }
      }
      StreamBytes totals = job.finish();

      assertThat(fast.awaitEnd()).isEqualTo(totals);
      assertThat(fast.gaps()).isEmpty();
      assertThat(fast.digest(STDOUT)).isEqualTo(source.digest());
      for (Reader reader : late) {
        assertThat(reader.awaitEnd()).isEqualTo(totals);
        long missing = reader.gaps().stream().mapToLong(gap -> gap.to() - gap.from()).sum();
        assertThat(missing).isPositive();
        assertThat(reader.size(STDOUT) + missing).isEqualTo(totals.stdout());
      }
      Reader.await("the rest", () -> onDisk(job) <= limit + 4096);
    }
  }

  @Test
  void aLineOf256MebibytesWithoutAnEndIsJustBytes() throws Exception {
    int size = 256 * MEBIBYTE;
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader live = followMuch(job);
      Process process = shell(job, "head -c " + size + " /dev/zero | tr '\\0' x");
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(job.finish()).isEqualTo(new StreamBytes(size, 0));
      live.awaitEnd();
      Reader lastLine = Reader.ofMuch();
      job.follow(
          new FollowRequest(
              new FollowRequest.Start.LastLines(1), FollowRequest.ALL.streams(), true),
          lastLine);
      lastLine.awaitEnd();

      MessageDigest expected = Reader.sha256();
      byte[] xs = "x".repeat(MEBIBYTE).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      for (int i = 0; i < 256; i++) {
        expected.update(xs);
      }
      byte[] digest = expected.digest();
      assertThat(live.digest(STDOUT)).isEqualTo(digest);
      assertThat(lastLine.digest(STDOUT)).isEqualTo(digest);
    }
  }

  @Test
  void tenMillionEmptyLinesAreTenMillionBytes() throws Exception {
    int count = 10_000_000;
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader live = followMuch(job);
      Process process = shell(job, "yes '' | head -n " + count);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(job.finish()).isEqualTo(new StreamBytes(count, 0));
      live.awaitEnd();
      Reader last =
          job.follow(
              new FollowRequest(
                  new FollowRequest.Start.LastLines(3), FollowRequest.ALL.streams(), true));
      last.awaitEnd();

      assertThat(live.size(STDOUT)).isEqualTo(count);
      assertThat(last.out()).isEqualTo("\n\n\n");
    }
  }

  @Test
  void aThousandJobsWithAReaderEachAllComeThrough() throws Exception {
    List<PrintingJob> printing = new ArrayList<>();
    List<Reader> readers = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        PrintingJob job = new PrintingJob(tails, jobs).start();
        printing.add(job);
        readers.add(job.follow());
      }
      for (int round = 1; round <= 3; round++) {
        for (PrintingJob job : printing) {
          job.print("line " + round + "\n");
        }
        for (Reader reader : readers) {
          reader.awaitSize(STDOUT, 7L * round); // nobody waits for another to end
        }
      }
      for (PrintingJob job : printing) {
        job.finish();
      }
      for (Reader reader : readers) {
        assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(21, 0));
        assertThat(reader.out()).isEqualTo("line 1\nline 2\nline 3\n");
      }
    } finally {
      for (PrintingJob job : printing) {
        job.close();
      }
    }
  }
}
