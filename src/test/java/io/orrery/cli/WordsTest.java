package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.orrery.v1.Job;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How times, sizes, signals and tables are read and written. */
final class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "0,0.00s",
    "420,0.42s",
    "9999,9.99s",
    "12000,12s",
    "200000,3m20s",
    "7500000,2h5m",
    "273600000,3d4h",
    "-5,0.00s"
  })
  void durationsAreBrief(long millis, String text) {
    assertThat(TimeText.millis(millis)).isEqualTo(text);
  }

  @Test
  void timesAreUtcAndSortable() {
    Timestamp time = Timestamp.newBuilder().setSeconds(1_764_000_002).setNanos(1_456_789).build();

    assertThat(TimeText.seconds(time)).isEqualTo("2025-11-24T16:00:02Z");
    assertThat(TimeText.micros(time)).isEqualTo("2025-11-24T16:00:02.001456Z");
    assertThat(TimeText.of(Duration.newBuilder().setSeconds(90).build())).isEqualTo("1m30s");
  }

  @Test
  void aStateOfALaterVersionIsNoEndUntilItHasOne() {
    Job job = Job.newBuilder().setStateValue(4711).build();

    assertThat(JobText.hasEnded(job)).isFalse();
    assertThat(JobText.state(job.getState())).isEqualTo("in a state of a later version");
    assertThat(JobText.obituary(job)).contains("has not ended");
    Timestamp end = Timestamp.newBuilder().setSeconds(1).build();
    assertThat(JobText.hasEnded(job.toBuilder().setEndTime(end).build())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "0,0B",
    "1023,1023B",
    "1024,1KiB",
    "1536,1.5KiB",
    "67108864,64MiB",
    "25232932864,23.5GiB",
    "9223372036854775807,7.9EiB"
  })
  void sizesHaveBinaryUnits(long bytes, String text) {
    assertThat(SizeDisplay.of(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"TERM,15", "SIGTERM,15", "term,15", "kill,9", "9,9", "USR1,10", "SYS,31", "64,64"})
  void signalsHaveNamesAndNumbers(String text, int number) {
    assertThat(SignalName.parse(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65", "-1", "NOPE", "SIG", "TERM "})
  void whatIsNoSignalIsSaidSo(String text) {
    assertThatThrownBy(() -> SignalName.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void signalsAreNamedAsInTheManual() {
    assertThat(SignalName.of(9)).isEqualTo("SIGKILL");
    assertThat(SignalName.of(31)).isEqualTo("SIGSYS");
    assertThat(SignalName.of(40)).isEqualTo("signal 40");
  }

  @Test
  void aTableHasColumnsAndNoControlCharacters() {
    Table table = new Table("A", "BBB");
    table.row("long", "\u001b[31m");
    table.row("", "x");

    assertThat(table).hasToString("A     BBB\nlong  \\x1b[31m\n-     x\n");
  }

  @Test
  void aTextIsCutWithAnEllipsis() {
    assertThat(Printable.cut("abcdef", 4)).isEqualTo("abc…");
    assertThat(Printable.cut("abcd", 4)).isEqualTo("abcd");
  }

  @ParameterizedTest
  @CsvSource({"1-100,1,100", "0-0,0,0", "7,7,7", "5-10004,5,10004"})
  void anArrayHasBothEnds(String text, int first, int last) {
    assertThat(ArrayRange.parse(text)).isEqualTo(new ArrayRange(first, last));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "1-", "-1", "2-1", "a-b", "0-10000", "1-2-3", "99999999999"})
  void whatIsNoArrayIsSaidSo(String text) {
    assertThatThrownBy(() -> ArrayRange.parse(text))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("--array must be FIRST-LAST");
  }
}
