package io.orrery.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OutputBusTest {
  private final JobId job = JobId.random();
  private Vertx vertx;

  @BeforeEach
  void begin() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private OutputChunk chunk(String text) {
    return new OutputChunk(job, StandardStream.STDOUT, 10, Instant.EPOCH, Buffer.buffer(text));
  }

  @Test
  void theSameObjectReachesEveryReaderInOrder() throws Exception {
    OutputBus bus = new OutputBus(vertx);
    OutputBus another = new OutputBus(vertx);
    BlockingQueue<OutputEvent> first = new LinkedBlockingQueue<>();
    BlockingQueue<OutputEvent> second = new LinkedBlockingQueue<>();
    bus.follow(job, first::add);
    another.follow(job, second::add);
    bus.follow(JobId.random(), event -> first.add(event));
    OutputChunk a = chunk("a");
    OutputChunk b = chunk("b");
    bus.publish(a);
    bus.publish(b);
    assertThat(first.poll(5, TimeUnit.SECONDS)).isSameAs(a);
    assertThat(first.poll(5, TimeUnit.SECONDS)).isSameAs(b);
    assertThat(second.poll(5, TimeUnit.SECONDS)).isSameAs(a);
    assertThat(second.poll(5, TimeUnit.SECONDS)).isSameAs(b);
    assertThat(first).isEmpty();
  }

  @Test
  void whoHasCancelledHearsNothing() throws Exception {
    OutputBus bus = new OutputBus(vertx);
    BlockingQueue<OutputEvent> gone = new LinkedBlockingQueue<>();
    BlockingQueue<OutputEvent> there = new LinkedBlockingQueue<>();
    Subscription subscription = bus.follow(job, gone::add);
    bus.follow(job, there::add);
    subscription.cancel().await(5, TimeUnit.SECONDS);
    subscription.cancel().await(5, TimeUnit.SECONDS);
    bus.publish(chunk("x"));
    assertThat(there.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(gone).isEmpty();
  }

  @Test
  void whatIsNotOursIsNotHeard() throws Exception {
    OutputBus bus = new OutputBus(vertx);
    BlockingQueue<OutputEvent> heard = new LinkedBlockingQueue<>();
    bus.follow(job, heard::add);
    vertx.eventBus().publish(Addresses.output(job), "forged");
    OutputChunk real = chunk("real");
    bus.publish(real);
    assertThat(heard.poll(5, TimeUnit.SECONDS)).isSameAs(real);
  }

  @Test
  void theWireMessageIsMadeOnceForAll() {
    OutputChunk chunk = chunk("abc");
    AtomicInteger encodings = new AtomicInteger();
    Buffer first =
        chunk.encoded(
            one -> {
              encodings.incrementAndGet();
              return Buffer.buffer("wire:").appendBuffer(one.bytes());
            });
    Buffer second = chunk.encoded(one -> Buffer.buffer("never"));
    assertThat(second).isSameAs(first).hasToString("wire:abc");
    assertThat(encodings).hasValue(1);
  }

  @Test
  void theRestOfAChunkStandsAtItsOwnPlace() {
    OutputChunk rest = chunk("abcdef").from(13);
    assertThat(rest.offset()).isEqualTo(13);
    assertThat(rest.end()).isEqualTo(16);
    assertThat(rest.bytes().toString()).isEqualTo("def");
  }
}
