package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job.StreamBytes;
import io.orrery.output.FollowRequest.Start;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.MetricsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes, many bytes and many readers. */
final class FollowerIT {
  @TempDir Path jobs;
  private final BusRegistrations registrations = new BusRegistrations();
  private Vertx vertx;
  private OutputTails tails;

  @BeforeEach
  void begin() throws IOException {
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setMetricsOptions(new MetricsOptions().setEnabled(true)))
            .withMetrics(registrations)
            .build();
    tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);
  }

  @AfterEach
  void end() throws Exception {
    tails.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static Process run(PrintingJob job, String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(job.directory.resolve("stdout").toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(job.directory.resolve("stderr").toFile()))
        .start();
  }

  private static StreamBytes awaitExit(PrintingJob job, Process process) throws Exception {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return job.finish();
  }

  /** The files of jobs that this process has open. */
  private List<Path> openFiles() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.map(FollowerIT::target).filter(path -> path.startsWith(jobs)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException closedMeanwhile) {
      return Path.of("/");
    }
  }

  @Test
  void tenReadersEarlyAndLateGet64MebibytesOfRandomBytesExactly() throws Exception {
    byte[] random = new byte[64 * 1024 * 1024];
    new Random(7).nextBytes(random);
    byte[] expected = Reader.sha256().digest(random);
    Path source = Files.write(jobs.resolve("source"), random);
    try (PrintingJob job = new PrintingJob(tails, jobs)) {
      List<Reader> readers = new ArrayList<>();
      readers.add(followMuch(job));
      job.start();
      readers.add(followMuch(job));
      Process process =
          run(
              job,
              "bash",
              "-c",
              "for i in 0 1 2 3 4 5 6 7; do"
                  + " dd if=\"$1\" bs=1M skip=$((i * 8)) count=8 status=none; echo $i >&2; done",
              "writer",
              source.toString());
      for (int i = 1; i <= 6; i++) {
        readers.getFirst().awaitSize(STDOUT, i * 9_000_000L);
        readers.add(followMuch(job));
      }
      StreamBytes totals = awaitExit(job, process);
      readers.add(followMuch(job));
      readers.add(followMuch(job));
      assertThat(totals).isEqualTo(new StreamBytes(random.length, 16));
      assertThat(readers).hasSize(10);
      for (Reader reader : readers) {
        assertThat(reader.awaitEnd()).isEqualTo(totals);
        assertThat(reader.digest(STDOUT)).isEqualTo(expected);
        assertThat(reader.gaps()).isEmpty();
        assertThat(reader.ends()).isEqualTo(1);
      }
    }
  }

  private static Reader followMuch(PrintingJob job) {
    Reader reader = Reader.ofMuch();
    job.follow(FollowRequest.ALL, reader);
    return reader;
  }

  @Test
  void bytesThatAreNoTextArriveAsTheyAre() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = job.follow();
      Process process =
          run(
              job,
              "bash",
              "-c",
              "printf '\\xff\\xfe\\x00\\xed\\xa0\\x80\\r"
                  + "'; printf '\\n"
                  + "\\xc3'; printf '\\xa4\\x1b[31m'");
      awaitExit(job, process);
      reader.awaitEnd();
      assertThat(reader.bytes(STDOUT))
          .isEqualTo(
              new byte[] {
                (byte) 0xff,
                (byte) 0xfe,
                0,
                (byte) 0xed,
                (byte) 0xa0,
                (byte) 0x80,
                '\r',
                '\n',
                (byte) 0xc3,
                (byte) 0xa4,
                0x1b,
                '[',
                '3',
                '1',
                'm'
              });
    }
  }

  @Test
  void aSlowReaderOfAMillionShortLinesGetsEachOfThem() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader slow = job.follow();
      Reader fast = job.follow();
      Process process = run(job, "seq", "1", "1000000");
      long expected = 6_888_896;
      slow.fill();
      for (int i = 0; i < 100; i++) {
        long before = slow.size(STDOUT);
        slow.takeOne();
        Reader.await(
            "one chunk", () -> slow.size(STDOUT) > before || slow.size(STDOUT) == expected);
      }
      StreamBytes totals = awaitExit(job, process);
      fast.awaitEnd();
      slow.drain();
      slow.awaitEnd();
      assertThat(totals).isEqualTo(new StreamBytes(expected, 0));
      assertThat(slow.bytes(STDOUT)).isEqualTo(fast.bytes(STDOUT));
      assertThat(slow.out()).startsWith("1\n2\n3\n").endsWith("999999\n1000000\n");
    }
  }

  @Test
  void aThousandReadersOfOneJobAllGetItsLines() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      List<Reader> readers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        readers.add(job.follow());
      }
      Reader.await("all at the edge", () -> tails.readers(job.id).await() == 1000);
      Process process = run(job, "bash", "-c", "for i in 1 2 3 4 5; do echo line $i; done");
      StreamBytes totals = awaitExit(job, process);
      for (Reader reader : readers) {
        assertThat(reader.awaitEnd()).isEqualTo(totals);
        assertThat(reader.out()).isEqualTo("line 1\nline 2\nline 3\nline 4\nline 5\n");
      }
    }
  }

  @Test
  void readersThatComeAndGoLeaveNothingBehind() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader witness = job.follow();
      job.print("warm\n");
      witness.awaitSize(STDOUT, 5);
      Reader.await("the edge", () -> tails.readers(job.id).await() == 1);
      long registered = registrations.count();
      job.print("live\n");
      witness.awaitSize(STDOUT, 10);
      int open = openFiles().size();
      Random random = new Random(3);
      for (int i = 0; i < 2000; i++) {
        Reader reader = new Reader();
        Follower follower = job.follow(FollowRequest.ALL, reader);
        if (random.nextInt(4) == 0) {
          reader.awaitSize(STDOUT, 10);
        }
        if (random.nextInt(8) == 0) {
          job.print("x");
        }
        follower.close();
      }
      Reader.await("all to have left", () -> tails.readers(job.id).await() == 1);
      Reader.await("the bus to be as before", () -> registrations.count() == registered);
      Reader.await("the files to be closed", () -> openFiles().size() == open);
    }
  }

  @Test
  void aReaderThatStopsAndGoesOnAtItsOffsetsMissesNothing() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Process process =
          run(
              job,
              "bash",
              "-c",
              "for ((i = 0; i < 2000; i++)); do echo out $i; echo err $i >&2; done");
      StringBuilder out = new StringBuilder();
      StringBuilder err = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        Reader part = new Reader();
        StreamBytes offsets = new StreamBytes(out.length(), err.length());
        Follower follower =
            job.follow(
                new FollowRequest(new Start.From(offsets), EnumSet.of(STDOUT, STDERR), true), part);
        Reader.await("a part", () -> part.size(STDOUT) >= 100 || !process.isAlive());
        follower.close();
        synchronized (part) {
          out.append(part.out());
          err.append(part.err());
        }
      }
      awaitExit(job, process);
      StreamBytes offsets = new StreamBytes(out.length(), err.length());
      Reader rest =
          job.follow(new FollowRequest(new Start.From(offsets), EnumSet.of(STDOUT, STDERR), true));
      rest.awaitEnd();
      Reader whole = job.follow();
      whole.awaitEnd();
      assertThat(out + rest.out()).isEqualTo(whole.out());
      assertThat(err + rest.err()).isEqualTo(whole.err());
    }
  }

  @Test
  void aJobThatPrintsWhileNobodyLooksIsInTheTimeline() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Process process =
          run(
              job,
              "bash",
              "-c",
              "for i in 1 2 3 4; do echo out $i; sleep 0.15; echo err $i >&2; sleep 0.15; done");
      StreamBytes totals = awaitExit(job, process);
      Reader reader = job.follow();
      reader.awaitEnd();
      assertThat(reader.chunks().stream().map(chunk -> chunk.bytes().toString()))
          .containsExactly(
              "out 1\n", "err 1\n", "out 2\n", "err 2\n", "out 3\n", "err 3\n", "out 4\n",
              "err 4\n");
      assertThat(totals).isEqualTo(new StreamBytes(24, 24));
      assertThat(Files.size(job.directory.resolve("timeline"))).isLessThan(24L * 16);
    }
  }
}
