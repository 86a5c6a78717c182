package io.orrery.process;

import static io.orrery.process.RunnerMessages.message;

import io.orrery.job.LimitKind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** The worker's side of the connection to one runner process. Thread-safe. */
final class RunnerLink implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RunnerLink.class.getName());
  private static final long HELLO_SECONDS = 10;

  private final RunnerChannel channel;
  private final Map<Long, CompletableFuture<Fields>> asked = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();
  private final Events events;
  private volatile Set<LimitKind> enforceable = Set.of();
  private final CompletableFuture<Void> lost = new CompletableFuture<>();

  /** What a runner says of itself. */
  record Hello(int version, String build, long pid, Set<LimitKind> enforceable) {}

  /** What a runner tells without being asked. */
  record Events(BiConsumer<String, ExitRecord> exited, BiConsumer<String, List<Integer>> stuck) {}

  RunnerLink(RunnerChannel channel, Events events) {
    this.channel = channel;
    this.events = events;
    Thread.ofPlatform().name("orrery-runner-link").daemon().start(this::read);
  }

  /** Completes when the runner has gone, or the link was closed. */
  CompletableFuture<Void> lost() {
    return lost;
  }

  /** Blocks until the runner has answered, a few seconds at the most; else closes the link. */
  Hello greet() throws IOException {
    try {
      return hello();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** The same, and the link stays open. */
  Hello hello() throws IOException {
    try {
      Fields answer = ask(message("hello")).get(HELLO_SECONDS, TimeUnit.SECONDS);
      enforceable =
          LimitMessages.kinds(answer.has("enforceable") ? answer.texts("enforceable") : List.of());
      return new Hello(
          answer.integer("version"), answer.text("build"), answer.number("pid"), enforceable);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the runner does not answer", e);
    }
  }

  /** What the runner can hold jobs to, as its {@link #hello} said. */
  Set<LimitKind> enforceable() {
    return enforceable;
  }

  /** Fails with an IOException when the runner goes before it has answered. */
  CompletableFuture<Fields> ask(Map<String, Object> message) {
    long id = last.incrementAndGet();
    CompletableFuture<Fields> answer = new CompletableFuture<>();
    asked.put(id, answer);
    message.put(RunnerMessages.ID, id);
    try {
      tell(message);
    } catch (IOException e) {
      failAll();
    }
    if (lost.isDone()) {
      failAll();
    }
    return answer;
  }

  /** Sends what has no answer. */
  void tell(Map<String, Object> message) throws IOException {
    channel.send(message);
  }

  private void read() {
    try {
      for (Optional<Fields> message = channel.receive();
          message.isPresent();
          message = channel.receive()) {
        handle(message.get());
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the runner is gone: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a message of the runner makes no sense: connecting again", e);
    }
    close();
    lost.complete(null);
    failAll();
  }

  private void handle(Fields message) throws IOException {
    String type = message.text(RunnerMessages.TYPE);
    if (type.equals("exited")) {
      events.exited.accept(
          message.text(RunnerMessages.JOB), ExitRecord.parse(message.text("record")));
      return;
    }
    if (type.equals("stuck")) {
      events.stuck.accept(message.text(RunnerMessages.JOB), message.integers("survivors"));
      return;
    }
    CompletableFuture<Fields> answer = asked.remove(message.number(RunnerMessages.ID));
    if (answer != null) {
      answer.complete(message);
    }
  }

  private void failAll() {
    for (Long id : List.copyOf(asked.keySet())) {
      CompletableFuture<Fields> answer = asked.remove(id);
      if (answer != null) {
        answer.completeExceptionally(new IOException("the runner has gone"));
      }
    }
  }

  /** The runner goes on, and its jobs. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing", e);
    }
  }
}
