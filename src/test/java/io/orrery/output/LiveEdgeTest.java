package io.orrery.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputChunk;
import io.orrery.bus.OutputEvent;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveEdgeTest {
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path directory;
  private final JobId job = JobId.random();
  private final BlockingQueue<OutputEvent> events = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private TailLoop loop;
  private OutputBus bus;
  private LiveEdge edge;

  @BeforeEach
  void begin() throws IOException {
    vertx = Vertx.vertx();
    bus = new OutputBus(vertx);
    loop = new TailLoop();
    loop.start();
    edge = new LiveEdge(job, new OutputFiles(directory), bus, loop);
  }

  @AfterEach
  void end() throws Exception {
    loop.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private void grow(int bytes) throws IOException {
    Files.write(directory.resolve("stdout"), new byte[bytes]);
    loop.execute(() -> edge.publish(new StreamBytes(bytes, 0), Instant.EPOCH));
  }

  private OutputEvent next() throws InterruptedException {
    OutputEvent event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  @Test
  void aReaderWhoTakesGetsEveryByteFromTheBus() throws Exception {
    Seat seat = new Seat(place -> {});
    bus.follow(
        job,
        event -> {
          if (event instanceof OutputChunk chunk) {
            seat.take(new StreamBytes(chunk.end(), 0));
          }
          events.add(event);
        });
    loop.execute(() -> edge.join(seat));
    grow(3 * MEBIBYTE + 5);
    long place = 0;
    while (place < 3 * MEBIBYTE + 5) {
      assertThat(next())
          .isInstanceOfSatisfying(
              OutputChunk.class, chunk -> assertThat(chunk.bytes().length()).isPositive());
      place += Math.min(Piece.LARGEST, 3 * MEBIBYTE + 5 - place);
    }
    assertThat(events).isEmpty();
  }

  @Test
  void aReaderWhoTakesNothingHoldsAMebibyteAndIsThenOnlyToldTheSize() throws Exception {
    bus.follow(job, events::add);
    Seat stuck = new Seat(place -> {});
    loop.execute(() -> edge.join(stuck));
    grow(3 * MEBIBYTE);
    for (int i = 0; i < MEBIBYTE / Piece.LARGEST; i++) {
      assertThat(next()).isInstanceOf(OutputChunk.class);
    }
    assertThat(next()).isEqualTo(new OutputEvent.Moved(job, new StreamBytes(3 * MEBIBYTE, 0)));
    assertThat(events).isEmpty();
  }

  @Test
  void whatIsFarBehindIsLeftToTheFiles() throws Exception {
    bus.follow(job, events::add);
    Seat seat = new Seat(place -> {});
    loop.execute(() -> edge.join(seat));
    grow(5 * MEBIBYTE);
    assertThat(next()).isEqualTo(new OutputEvent.Moved(job, new StreamBytes(5 * MEBIBYTE, 0)));
  }

  @Test
  void withoutReadersNothingIsPublished() throws Exception {
    bus.follow(job, events::add);
    grow(MEBIBYTE);
    loop.execute(() -> edge.end(new StreamBytes(MEBIBYTE, 0)));
    assertThat(next()).isEqualTo(new OutputEvent.Ended(job, new StreamBytes(MEBIBYTE, 0)));
  }
}
