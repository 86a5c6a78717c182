package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.bus.OutputChunk;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.OutputPolicy;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose oldest output is dropped. */
final class KeepTailTest {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final StreamLimit LIMIT = new StreamLimit(MEBIBYTE, OutputPolicy.Limit.KEEP_TAIL);

  /** What a file may hold more than its limit: an eighth, and a block at its beginning. */
  private static final long SLACK = MEBIBYTE / 8 + 4096;

  @TempDir Path jobs;
  private Vertx vertx;
  private OutputTails tails;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

  @BeforeEach
  void begin() throws IOException {
    vertx = Vertx.vertx();
    tails = new OutputTails(vertx, now::get, Patience.DEFAULT);
  }

  @AfterEach
  void end() throws Exception {
    tails.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static long onDisk(PrintingJob job, String name) {
    try {
      Path file = job.directory.resolve(name);
      Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
      return Long.parseLong(stat.inputReader().readLine()) * 512;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Lines of eight bytes, which tell where they are. */
  private static String lines(int first, int end) {
    StringBuilder text = new StringBuilder(8 * (end - first));
    for (int i = first; i < end; i++) {
      text.append("%07d\n".formatted(i));
    }
    return text.toString();
  }

  /** Up to where a reader has come. */
  private static long seen(Reader reader) {
    List<OutputChunk> chunks = reader.chunks();
    return chunks.stream()
        .filter(chunk -> chunk.stream() == STDOUT)
        .mapToLong(OutputChunk::end)
        .max()
        .orElse(0);
  }

  private static FollowRequest from(FollowRequest.Start start) {
    return new FollowRequest(start, FollowRequest.ALL.streams(), true);
  }

  private static long gapEnd(Reader reader) {
    assertThat(reader.gaps()).hasSize(1);
    OutputGap gap = reader.gaps().getFirst();
    assertThat(gap).isEqualTo(new OutputGap(STDOUT, gap.from(), gap.to(), GapReason.LIMIT));
    return gap.to();
  }

  @Test
  void aJobThatNobodyFollowsTakesNoMoreOfTheDiskThanItsLimit() throws Exception {
    String all = lines(0, 1_000_000);
    try (PrintingJob job = new PrintingJob(tails, jobs).start(LIMIT)) {
      for (int i = 0; i < 8; i++) {
        job.print(all.substring(i * MEBIBYTE / 2, (i + 1) * MEBIBYTE / 2));
      }
      Reader.await("space to be given back", () -> onDisk(job, "stdout") <= MEBIBYTE + SLACK);
      assertThat(Files.size(job.directory.resolve("stdout"))).isEqualTo(4L * MEBIBYTE);

      assertThat(job.finish()).isEqualTo(new StreamBytes(4L * MEBIBYTE, 0));
      Reader.await("the rest too", () -> onDisk(job, "stdout") <= MEBIBYTE + 4096);

      Reader reader = job.follow();
      reader.awaitEnd();
      assertThat(gapEnd(reader)).isEqualTo(3L * MEBIBYTE);
      assertThat(reader.out()).isEqualTo(all.substring(3 * MEBIBYTE, 4 * MEBIBYTE));
    }
  }

  @Test
  void partsOfWhatIsLeftAreFound() throws Exception {
    int size = 4 * MEBIBYTE;
    String all = lines(0, size / 8);
    Instant middle;
    try (PrintingJob job = new PrintingJob(tails, jobs).start(LIMIT)) {
      Reader witness = job.follow();
      job.warn("other\n");
      job.print(all.substring(0, size - 16));
      Reader.await("all to be seen", () -> seen(witness) == size - 16);
      middle = now.updateAndGet(before -> before.plusSeconds(1));
      job.print(all.substring(size - 16));
      job.finish();

      Reader lines = job.follow(from(new FollowRequest.Start.LastLines(3)));
      lines.awaitEnd();
      assertThat(lines.out()).isEqualTo(all.substring(size - 24));
      Reader bytes = job.follow(from(new FollowRequest.Start.LastBytes(5)));
      bytes.awaitEnd();
      assertThat(bytes.out()).isEqualTo(all.substring(size - 5));
      Reader since = job.follow(from(new FollowRequest.Start.Since(middle)));
      since.awaitEnd();
      assertThat(since.out()).isEqualTo(all.substring(size - 16));
      for (Reader small : List.of(lines, bytes, since)) {
        assertThat(small.gaps()).isEmpty();
      }

      // More than there is: the reader is told what is missing.
      Reader tooMany = job.follow(from(new FollowRequest.Start.LastLines(size)));
      tooMany.awaitEnd();
      assertThat(gapEnd(tooMany)).isEqualTo(size - MEBIBYTE);
      assertThat(tooMany.out()).isEqualTo(all.substring(size - MEBIBYTE));
      assertThat(tooMany.err()).isEqualTo("other\n");
      Reader early = job.follow(from(new FollowRequest.Start.Since(Instant.EPOCH)));
      early.awaitEnd();
      assertThat(gapEnd(early)).isEqualTo(size - MEBIBYTE);
      Reader within = job.follow(from(new FollowRequest.Start.From(new StreamBytes(1000, 0))));
      within.awaitEnd();
      assertThat(within.gaps().getFirst().from()).isEqualTo(1000);
    }
  }

  /** Says where it is, and is never zero. */
  private static byte at(long place) {
    return (byte) (1 + place % 251);
  }

  @Test
  void whoeverReadsWhileBytesAreDroppedNeverGetsZeros() throws Exception {
    StreamLimit small = new StreamLimit(200_000, OutputPolicy.Limit.KEEP_TAIL);
    byte[] block = new byte[251 * 1024];
    for (int i = 0; i < block.length; i++) {
      block[i] = at(i);
    }
    try (PrintingJob job = new PrintingJob(tails, jobs).start(small)) {
      List<Reader> readers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        if (i % 10 == 0) {
          readers.add(job.follow());
        }
        job.print(block);
      }
      job.finish();
      for (Reader reader : readers) {
        reader.awaitEnd();
        for (OutputChunk chunk : reader.chunks()) {
          byte[] bytes = chunk.bytes().getBytes();
          for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != at(chunk.offset() + i)) {
              throw new AssertionError("another byte at " + (chunk.offset() + i));
            }
          }
        }
        assertThat(reader.gaps()).allMatch(gap -> gap.reason() == GapReason.LIMIT);
      }
      assertThat(readers).anySatisfy(reader -> assertThat(reader.gaps()).isNotEmpty());
    }
  }

  @Test
  void bytesThatGoWhileTheyAreReadAreNotTakenForZeros() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    job.print(lines(0, MEBIBYTE / 4));
    job.close();
    try (OutputFiles reading = new OutputFiles(job.directory)) {
      assertThat(reading.read(STDOUT, 0, 8)).asString().isEqualTo("0000000\n");
      tails.restore(job.id, job.directory, new StreamBytes(2 * MEBIBYTE, 0), LIMIT);
      Reader.await("the space", () -> onDisk(job, "stdout") <= MEBIBYTE + 4096);

      // It does not know of the drop, as one that had looked just before it.
      assertThat(reading.read(STDOUT, 0, 8)).isEmpty();
      assertThat(reading.read(STDOUT, MEBIBYTE, 8)).asString().isEqualTo("0131072\n");
    }
  }

  @Test
  void aWorkerThatIsStartedAnewKnowsWhatIsGoneAndFinishesWhatWasBegun() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    job.print(lines(0, MEBIBYTE / 4));
    job.close();
    try (OutputFiles files = new OutputFiles(job.directory)) {
      files.drop(new StreamBytes(MEBIBYTE, 0)); // and died before the space was given back
    }
    assertThat(onDisk(job, "stdout")).isGreaterThanOrEqualTo(2 * MEBIBYTE);
    tails.close().await(10, TimeUnit.SECONDS);
    tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);

    tails.watch(job.id, job.directory, LIMIT).await(10, TimeUnit.SECONDS);
    Reader.await("the space", () -> onDisk(job, "stdout") <= MEBIBYTE + SLACK);
    Reader live = new Reader();
    tails.follow(job.id, job.directory, FollowRequest.ALL, live);
    tails.finish(job.id, job.directory).await(10, TimeUnit.SECONDS);

    live.awaitEnd();
    assertThat(gapEnd(live)).isEqualTo(MEBIBYTE);
    assertThat(live.out()).startsWith("0131072\n");
  }

  @Test
  void aJobThatEndedWithoutAWorkerIsCutDownWhenThereIsOne() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs).start();
    job.print(lines(0, MEBIBYTE / 4));
    job.close();
    tails.close().await(10, TimeUnit.SECONDS);
    tails = new OutputTails(vertx, InstantSource.system(), Patience.DEFAULT);

    tails.restore(job.id, job.directory, new StreamBytes(2 * MEBIBYTE, 0), LIMIT);

    Reader.await("the space", () -> onDisk(job, "stdout") <= MEBIBYTE + 4096);
    Reader reader = new Reader();
    tails.follow(job.id, job.directory, FollowRequest.ALL, reader);
    reader.awaitEnd();
    assertThat(gapEnd(reader)).isEqualTo(MEBIBYTE);
  }

  @Test
  void theTimelineOfAJobThatPrintsForEverIsCutDownToo() throws Exception {
    PrintingJob job = new PrintingJob(tails, jobs);
    byte[] records = new byte[100_000 * TimelineRecord.BYTES];
    for (int i = 0; i < 100_000; i++) {
      TimelineRecord record =
          new TimelineRecord(Instant.ofEpochSecond(1_000_000 + i), new StreamBytes(8L * i, 0));
      record.encoded().get(records, i * TimelineRecord.BYTES, TimelineRecord.BYTES);
    }
    Files.write(job.directory.resolve("timeline"), records);
    Files.writeString(job.directory.resolve("stdout"), lines(0, 100_000));
    StreamLimit small = new StreamLimit(80_000, OutputPolicy.Limit.KEEP_TAIL);
    job.start(small);
    Reader.await(
        "the space", () -> onDisk(job, "timeline") <= 11_000 * TimelineRecord.BYTES + 8192);
    job.close();

    Reader since =
        job.follow(from(new FollowRequest.Start.Since(Instant.ofEpochSecond(1_095_000))));
    since.awaitEnd();
    assertThat(since.out()).startsWith("0094999\n").endsWith("0099999\n");
    assertThat(since.chunks().getFirst().time()).isEqualTo(Instant.ofEpochSecond(1_095_000));
  }

  @Test
  void whatIsGoneIsToldWithTheRightReason() throws Exception {
    FileStarts starts = FileStarts.NONE.cut(STDERR, 10).dropped(new StreamBytes(0, 25));

    assertThat(starts.gaps(STDERR, 0, 30))
        .containsExactly(
            new OutputGap(STDERR, 0, 10, GapReason.LOST),
            new OutputGap(STDERR, 10, 25, GapReason.LIMIT),
            new OutputGap(STDERR, 25, 30, GapReason.LOST));
    assertThat(starts.gaps(STDERR, 12, 20))
        .containsExactly(new OutputGap(STDERR, 12, 20, GapReason.LIMIT));
    assertThat(FileStarts.removed(new StreamBytes(5, 0)).gaps(STDOUT, 1, 5))
        .containsExactly(new OutputGap(STDOUT, 1, 5, GapReason.RETENTION));
  }

  @Test
  void halfARecordOfWhatIsGoneIsNotTakenForAWholeOne() throws Exception {
    FileStarts starts = FileStarts.NONE.dropped(new StreamBytes(4096, 0));
    starts.write(jobs);
    assertThat(FileStarts.read(jobs)).isEqualTo(starts);
    Path file = jobs.resolve("starts");
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> FileStarts.read(jobs))
        .hasMessageContaining("damaged");
    Files.write(file, "".getBytes(StandardCharsets.UTF_8));
    assertThat(FileStarts.read(jobs)).isEqualTo(FileStarts.NONE);
  }
}
