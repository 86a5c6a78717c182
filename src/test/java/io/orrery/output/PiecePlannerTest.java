package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PiecePlannerTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final Set<StandardStream> BOTH = EnumSet.of(STDOUT, STDERR);

  @TempDir Path directory;
  private OutputFiles files;

  @BeforeEach
  void begin() {
    files = new OutputFiles(directory);
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }

  private void seen(long millis, long out, long err) throws IOException {
    try (TimelineWriter writer = new TimelineWriter(files.timeline())) {
      writer.observe(at(millis), new StreamBytes(out, err));
    }
  }

  private List<Piece> plan(Set<StandardStream> wanted, StreamBytes from, StreamBytes to)
      throws IOException {
    try (Timeline timeline = new Timeline(files.timeline())) {
      return new PiecePlanner(timeline, files, wanted).plan(from, to, 64 * 1024);
    }
  }

  @Test
  void piecesComeInTheOrderInWhichTheyWereSeen() throws IOException {
    seen(0, 10, 0);
    seen(200, 10, 5);
    seen(400, 30, 9);
    assertThat(plan(BOTH, StreamBytes.NONE, new StreamBytes(30, 9)))
        .containsExactly(
            new Piece(STDOUT, 0, 10, at(0)),
            new Piece(STDERR, 0, 5, at(200)),
            new Piece(STDOUT, 10, 30, at(400)),
            new Piece(STDERR, 5, 9, at(400)));
  }

  @Test
  void aPlanBeginsAnywhere() throws IOException {
    seen(0, 10, 0);
    seen(200, 10, 5);
    seen(400, 30, 9);
    assertThat(plan(BOTH, new StreamBytes(12, 3), new StreamBytes(25, 9)))
        .containsExactly(
            new Piece(STDERR, 3, 5, at(200)),
            new Piece(STDOUT, 12, 25, at(400)),
            new Piece(STDERR, 5, 9, at(400)));
  }

  @Test
  void oneStreamThatGrowsWithin100MillisecondsIsOnePiece() throws IOException {
    seen(0, 10, 0);
    seen(50, 20, 0);
    seen(99, 30, 0);
    seen(100, 40, 0);
    seen(150, 50, 1);
    assertThat(plan(BOTH, StreamBytes.NONE, new StreamBytes(50, 1)))
        .containsExactly(
            new Piece(STDOUT, 0, 30, at(0)),
            new Piece(STDOUT, 30, 50, at(100)),
            new Piece(STDERR, 0, 1, at(150)));
  }

  @Test
  void piecesEndAtTheSamePlacesForEverybody() throws IOException {
    long size = 3L * Piece.LARGEST;
    seen(0, size, 0);
    assertThat(plan(BOTH, new StreamBytes(Piece.LARGEST, 0), new StreamBytes(size, 0)))
        .containsExactly(new Piece(STDOUT, Piece.LARGEST, 2L * Piece.LARGEST, at(0)));
    assertThat(plan(BOTH, new StreamBytes(Piece.LARGEST - 1, 0), new StreamBytes(size, 0)))
        .containsExactly(
            new Piece(STDOUT, Piece.LARGEST - 1, Piece.LARGEST, at(0)),
            new Piece(STDOUT, Piece.LARGEST, 2L * Piece.LARGEST, at(0)));
  }

  @Test
  void whatNoRecordTellsOfHasTheTimeOfItsFile() throws IOException {
    Files.write(files.path(STDOUT), new byte[20]);
    Files.setLastModifiedTime(files.path(STDOUT), FileTime.from(at(777)));
    seen(0, 10, 0);
    assertThat(plan(BOTH, StreamBytes.NONE, new StreamBytes(20, 0)))
        .containsExactly(new Piece(STDOUT, 0, 10, at(0)), new Piece(STDOUT, 10, 20, at(777)));
  }

  @Test
  void aStreamThatIsNotWantedIsNotPlanned() throws IOException {
    seen(0, 10, 4);
    seen(200, 20, 8);
    assertThat(plan(EnumSet.of(STDERR), StreamBytes.NONE, new StreamBytes(20, 8)))
        .containsExactly(new Piece(STDERR, 0, 4, at(0)), new Piece(STDERR, 4, 8, at(200)));
  }

  @Test
  void aTimelineThatTellsOfMoreThanThereIsEndsThePlan() throws IOException {
    seen(0, 1000, 1000);
    assertThat(plan(BOTH, new StreamBytes(5, 5), new StreamBytes(5, 5))).isEmpty();
    assertThat(plan(BOTH, new StreamBytes(0, 5), new StreamBytes(5, 5)))
        .containsExactly(new Piece(STDOUT, 0, 5, at(0)));
  }
}
