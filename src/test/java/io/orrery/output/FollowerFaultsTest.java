package io.orrery.output;

import static io.orrery.job.StandardStream.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputChunk;
import io.orrery.bus.OutputEvent;
import io.orrery.job.ApiException;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.DeliveryOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FollowerFaultsTest {
  @TempDir Path jobs;
  private Vertx vertx;
  private OutputTails tails;

  @BeforeEach
  void begin() throws IOException {
    vertx = Vertx.vertx();
    tails =
        new OutputTails(
            vertx,
            InstantSource.system(),
            new Patience(Duration.ofMillis(100), Duration.ofMillis(300)));
  }

  @AfterEach
  void end() throws Exception {
    tails.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** Drops a third of all messages, doubles a third, and holds some back until the next one. */
  private static void disturb(Vertx vertx, AtomicInteger disturbed) {
    Random random = new Random(42);
    List<DeliveryContext<Object>> held = new ArrayList<>();
    DeliveryOptions again =
        new DeliveryOptions()
            .setLocalOnly(true)
            .setCodecName("orrery-local")
            .addHeader("again", "");
    vertx
        .eventBus()
        .addInboundInterceptor(
            delivery -> {
              if (delivery.message().headers().contains("again")) {
                delivery.next();
                return;
              }
              synchronized (random) {
                switch (random.nextInt(6)) {
                  case 0, 1 -> disturbed.incrementAndGet();
                  case 2, 3 -> {
                    delivery.next();
                    vertx.eventBus().publish(delivery.message().address(), delivery.body(), again);
                    disturbed.incrementAndGet();
                  }
                  case 4 -> {
                    held.add(delivery);
                    disturbed.incrementAndGet();
                  }
                  default -> {
                    delivery.next();
                    held.forEach(DeliveryContext::next);
                    held.clear();
                  }
                }
              }
            });
  }

  @Test
  void aBusThatLosesDoublesAndSwapsMessagesChangesNoByte() throws Exception {
    AtomicInteger disturbed = new AtomicInteger();
    disturb(vertx, disturbed);
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      List<Reader> readers = List.of(job.follow(), job.follow(), job.follow());
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        String line = "line %d of many\n".formatted(i);
        expected.append(line);
        job.print(line);
        if (i % 10 == 0) {
          readers.getFirst().awaitSize(STDOUT, expected.length());
        }
      }
      job.finish();
      for (Reader reader : readers) {
        assertThat(reader.awaitEnd()).isEqualTo(new StreamBytes(expected.length(), 0));
        assertThat(reader.out()).isEqualTo(expected.toString());
        assertThat(reader.gaps()).isEmpty();
      }
    }
    assertThat(disturbed.get()).isPositive();
  }

  @Test
  void chunksThatOverlapOrRunAheadAreSetRightByTheirOffsets() throws Exception {
    OutputBus forger = new OutputBus(vertx);
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = job.follow();
      job.print("0123");
      reader.awaitSize(STDOUT, 4);
      Reader.await("the edge", () -> tails.readers(job.id).await() == 1);
      for (OutputEvent event :
          List.of(
              new OutputChunk(job.id, STDOUT, 0, Instant.EPOCH, Buffer.buffer("0123")),
              new OutputChunk(job.id, STDOUT, 2, Instant.EPOCH, Buffer.buffer("2345")),
              new OutputEvent.Moved(job.id, new StreamBytes(3, 0)))) {
        forger.publish(event);
      }
      reader.awaitSize(STDOUT, 6);
      job.print("456789");
      job.finish();
      reader.awaitEnd();
      assertThat(reader.out()).isEqualTo("0123456789");
    }
  }

  @Test
  void aQuietJobGivesSignsOfLife() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = job.follow();
      Reader.await("heartbeats", () -> reader.heartbeats() >= 3);
      job.print("x");
      job.finish();
      reader.awaitEnd();
      assertThat(reader.out()).isEqualTo("x");
    }
  }

  @Test
  void aReaderThatTakesNothingForTooLongIsToldWhereToGoOn() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      Reader reader = new Reader();
      reader.fill();
      job.follow(FollowRequest.ALL, reader);
      job.print("some");
      reader.awaitSize(STDOUT, 4);
      job.print("more");
      assertThatThrownBy(reader::awaitEnd)
          .cause()
          .isInstanceOfSatisfying(
              ApiException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.SLOW_READER);
                assertThat(e.metadata()).containsEntry("stdout_offset", "4");
              });
      assertThat(tails.readers(job.id).await(5, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void aSinkThatThrowsHasGoneAway() throws Exception {
    try (PrintingJob job = new PrintingJob(tails, jobs).start()) {
      AtomicInteger calls = new AtomicInteger();
      tails.follow(
          job.id,
          job.directory,
          FollowRequest.ALL,
          new Sink() {
            @Override
            public boolean write(OutputChunk chunk) {
              calls.incrementAndGet();
              throw new IllegalStateException("the client has gone");
            }

            @Override
            public void drainHandler(Runnable drained) {}

            @Override
            public void gap(OutputGap gap) {}

            @Override
            public void heartbeat() {}

            @Override
            public void end(StreamBytes totals) {
              calls.incrementAndGet();
            }

            @Override
            public void fail(Throwable cause) {
              calls.incrementAndGet();
            }
          });
      Reader witness = job.follow();
      job.print("a");
      witness.awaitSize(STDOUT, 1);
      Reader.await("the call", () -> calls.get() == 1);
      job.print("b");
      witness.awaitSize(STDOUT, 2);
      job.finish();
      witness.awaitEnd();
      assertThat(calls).hasValue(1);
    }
  }
}
