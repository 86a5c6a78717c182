package io.orrery.output;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job.StreamBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TimelineTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00.123456789Z");

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("timeline");
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }

  private static StreamBytes sizes(long out, long err) {
    return new StreamBytes(out, err);
  }

  private List<TimelineRecord> records() throws IOException {
    List<TimelineRecord> all = new ArrayList<>();
    try (Timeline timeline = new Timeline(file())) {
      for (long i = 0; i < timeline.count(); i++) {
        all.add(timeline.get(i));
      }
    }
    return all;
  }

  @Test
  void oneStreamIsRecordedAtMostEvery50Milliseconds() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      for (int i = 0; i <= 100; i++) {
        writer.observe(at(i), sizes(i + 1, 0));
      }
    }
    assertThat(records())
        .containsExactly(
            new TimelineRecord(at(0), sizes(1, 0)),
            new TimelineRecord(at(50), sizes(51, 0)),
            new TimelineRecord(at(100), sizes(101, 0)));
  }

  @Test
  void whatWasSeenBeforeAPauseKeepsItsTime() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 0));
      writer.observe(at(10), sizes(2, 0));
      writer.observe(at(5000), sizes(3, 0));
    }
    assertThat(records())
        .containsExactly(
            new TimelineRecord(at(0), sizes(1, 0)),
            new TimelineRecord(at(10), sizes(2, 0)),
            new TimelineRecord(at(5000), sizes(3, 0)));
  }

  @Test
  void streamsThatTakeTurnsKeepTheirOrder() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 0));
      writer.observe(at(2), sizes(1, 1));
      writer.observe(at(4), sizes(2, 1));
      writer.observe(at(6), sizes(2, 2));
    }
    assertThat(records().stream().map(TimelineRecord::sizes))
        .containsExactly(sizes(1, 0), sizes(1, 1), sizes(2, 1), sizes(2, 2));
  }

  @Test
  void turnsWithinAMillisecondAreNotRecorded() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(START, sizes(1, 0));
      for (int i = 1; i <= 1000; i++) {
        writer.observe(START.plusNanos(i * 1000L), sizes(1 + i / 2, i - i / 2));
      }
    }
    assertThat(records()).hasSizeLessThan(4);
    assertThat(records().getLast().sizes()).isEqualTo(sizes(501, 500));
  }

  @Test
  void aClockThatIsSetBackDoesNotDisturbTheOrder() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 0));
      writer.observe(at(-3_600_000), sizes(2, 0));
      writer.observe(at(60), sizes(3, 0));
    }
    assertThat(records()).isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()));
    assertThat(records().getLast()).isEqualTo(new TimelineRecord(at(60), sizes(3, 0)));
  }

  @Test
  void turnsAreRecordedAlsoWhileAClockIsBehindThatWasSetBack() throws IOException {
    long hour = 3_600_000;
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 0));
    }
    try (TimelineWriter writer = new TimelineWriter(file())) {
      for (int i = 0; i < 10; i++) {
        Instant told = writer.observe(at(100L * i - hour), sizes(2 + i, i));
        assertThat(told).isEqualTo(at(100L * i));
      }
    }
    assertThat(records())
        .hasSize(11)
        .isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()))
        .last()
        .isEqualTo(new TimelineRecord(at(900), sizes(11, 9)));
  }

  @Test
  void aClockThatHasCaughtUpIsFollowedAgain() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 0));
      writer.observe(at(-500), sizes(2, 0));
      assertThat(writer.observe(at(-400), sizes(3, 0))).isEqualTo(at(100));
      assertThat(writer.observe(at(700), sizes(4, 0))).isEqualTo(at(700));
      assertThat(writer.observe(at(800), sizes(5, 0))).isEqualTo(at(800));
    }
  }

  @Test
  void halfARecordAtTheEndIsIgnoredAndWrittenOver() throws IOException {
    try (TimelineWriter writer = new TimelineWriter(file())) {
      writer.observe(at(0), sizes(1, 2));
    }
    Files.write(file(), new byte[] {1, 2, 3, 4, 5, 6, 7}, StandardOpenOption.APPEND);
    assertThat(records()).containsExactly(new TimelineRecord(at(0), sizes(1, 2)));
    try (TimelineWriter writer = new TimelineWriter(file())) {
      assertThat(writer.savedSizes()).isEqualTo(sizes(1, 2));
      writer.observe(at(100), sizes(3, 2));
    }
    assertThat(records())
        .containsExactly(
            new TimelineRecord(at(0), sizes(1, 2)), new TimelineRecord(at(100), sizes(3, 2)));
  }

  @Test
  void noTimelineIsAnEmptyOne() throws IOException {
    try (Timeline timeline = new Timeline(file())) {
      assertThat(timeline.count()).isZero();
      assertThat(timeline.last()).isEmpty();
      assertThat(timeline.firstSince(START)).isZero();
      assertThat(timeline.firstBeyond(StreamBytes.NONE, EnumSet.of(STDOUT))).isZero();
    }
  }

  @Test
  void everyPlaceAndTimeIsFoundAmongManyRecords() throws IOException {
    int count = 3000;
    try (TimelineWriter writer = new TimelineWriter(file())) {
      for (int i = 0; i < count; i++) {
        writer.observe(at(i * 100L), sizes(i + 1, i / 2));
      }
    }
    try (Timeline timeline = new Timeline(file())) {
      assertThat(timeline.count()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        assertThat(timeline.firstSince(at(i * 100L))).isEqualTo(i);
        assertThat(timeline.firstSince(at(i * 100L).plusNanos(1))).isEqualTo(i + 1);
        assertThat(timeline.firstBeyond(sizes(i, Long.MAX_VALUE), EnumSet.of(STDOUT))).isEqualTo(i);
      }
      assertThat(timeline.firstBeyond(sizes(count, 0), EnumSet.of(STDOUT))).isEqualTo(count);
      assertThat(timeline.firstBeyond(sizes(count, 0), EnumSet.of(STDOUT, STDERR))).isEqualTo(2);
      assertThat(timeline.firstBeyond(sizes(7, 700), EnumSet.of(STDERR))).isEqualTo(1402);
    }
  }
}
