package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Drains open(Instant now) {
    return new Drains(vertx, directory.resolve("data"), nanos::get, now);
  }

  private static Drain drain(@Nullable Duration deadline) {
    return new Drain("disk", "me", NOW, deadline == null ? null : NOW.plus(deadline));
  }

  private static void set(Drains drains, @Nullable Drain drain, @Nullable Duration deadline)
      throws Exception {
    drains.set("w1", drain, deadline).await(10, TimeUnit.SECONDS);
  }

  @Test
  void outlivesARestartUntilItIsEnded() throws Exception {
    set(open(NOW), drain(null), null);
    Drains again = open(NOW);
    assertThat(again.all()).containsOnlyKeys("w1").containsValue(drain(null));
    assertThat(again.isOverdue("w1")).isFalse();

    set(again, null, null);
    assertThat(open(NOW).all()).isEmpty();
  }

  @Test
  void aDeadlineRunsOnTheMonotonicClockAndOverARestartByTheWallClock() throws Exception {
    Duration minute = Duration.ofMinutes(1);
    Drains drains = open(NOW);
    set(drains, drain(minute), minute);
    nanos.addAndGet(minute.toNanos() - 1);
    assertThat(drains.isOverdue("w1")).isFalse();
    nanos.addAndGet(1);
    assertThat(drains.isOverdue("w1")).isTrue();

    Drains again = open(NOW.plusSeconds(59));
    assertThat(again.isOverdue("w1")).isFalse();
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(again.isOverdue("w1")).isTrue();
    set(again, null, null);
    assertThat(again.isOverdue("w1")).isFalse();
  }

  @Test
  void aDrainThatCannotBeWrittenIsRefusedAndChangesNothing() throws Exception {
    Files.writeString(directory.resolve("data"), "a file in its place");
    Drains drains = open(NOW);

    assertThatThrownBy(() -> set(drains, drain(null), null))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.STORAGE_FAILED));
    assertThat(drains.all()).isEmpty();
  }

  @Test
  void aFileThatCannotBeReadStopsTheStart() throws Exception {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/drains.json"), "{\"w1\": 7}");

    assertThatThrownBy(() -> open(NOW)).hasMessageContaining("drains.json");
  }
}
