package io.orrery.process;

import static io.orrery.process.RunnerMessages.message;

import io.orrery.process.RunnerServer.Host;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The runner's side of one connection of a worker. */
final class RunnerSession implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RunnerSession.class.getName());

  /** A start takes milliseconds, and one that takes longer than this hangs. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(20);

  private final Host host;
  private final EmbeddedRunner runner;
  private final RunnerChannel channel;
  private final Outbox outbox;
  private boolean alone;
  private boolean closed;

  RunnerSession(Host host, RunnerChannel channel) {
    this.host = host;
    this.runner = host.runner();
    this.channel = channel;
    this.outbox = new Outbox(channel);
  }

  /** Does what the worker asks until it goes. */
  void serve() {
    try {
      for (Optional<Fields> message = channel.receive();
          message.isPresent();
          message = channel.receive()) {
        handle(message.get());
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the worker is gone: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a message of the worker makes no sense: it is cut off", e);
    }
  }

  /** Tells of an exit; a worker that is gone reads it from the disk when it comes back. */
  void exited(String jobId, String record) {
    Map<String, Object> event = message("exited");
    event.put(RunnerMessages.JOB, jobId);
    event.put("record", record);
    outbox.send(event);
  }

  /** Tells of processes that cannot be ended. */
  void stuck(String jobId, List<Integer> survivors) {
    Map<String, Object> event = message("stuck");
    event.put(RunnerMessages.JOB, jobId);
    event.put("survivors", survivors);
    outbox.send(event);
  }

  private void handle(Fields message) throws IOException {
    String type = message.text(RunnerMessages.TYPE);
    if (type.equals("hello")) {
      outbox.send(host.hello(answer(message, "hello")));
    } else {
      awaitThoseBefore();
      order(type, message);
    }
  }

  /** What the worker before has asked for is done before anything is done for this one. */
  private void awaitThoseBefore() {
    if (!alone) {
      host.starts().awaitQuiet(START_PATIENCE);
      alone = true;
    }
  }

  private void order(String type, Fields message) throws IOException {
    switch (type) {
      case "start" -> execute(() -> answering(message, this::start));
      case "resume" -> execute(() -> answering(message, this::resume));
      case "stop" -> stop(message);
      case "signal" -> runner.signal(message.text(RunnerMessages.JOB), message.integer("signal"));
      case "input" -> answering(message, this::feed);
      case "input_end" -> answering(message, each -> state(each, input(each).end()));
      case "input_room" -> tellRoom(message);
      case "resize" -> input(message).resize(RunnerMessages.window(message));
      case "retire" -> {
        host.retire();
        outbox.send(answer(message, "retired"));
      }
      default -> throw new IOException("unknown message: " + type);
    }
  }

  /** Nothing more is begun for a worker that another has taken the place of. */
  private synchronized void execute(Runnable start) {
    if (!closed) {
      host.starts().execute(start);
    }
  }

  private interface Answer {
    Map<String, Object> to(Fields message) throws IOException;
  }

  private void answering(Fields message, Answer answer) {
    try {
      outbox.send(answer.to(message));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "a request of the worker failed", e);
      refuse(message, e);
    }
  }

  private void refuse(Fields message, Exception why) {
    try {
      Map<String, Object> refusal = answer(message, "refused");
      refusal.put("message", String.valueOf(why.getMessage()));
      outbox.send(refusal);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "not a message of the runner's protocol", e);
    }
  }

  private static Map<String, Object> answer(Fields message, String type) throws IOException {
    Map<String, Object> answer = message(type);
    answer.put(RunnerMessages.ID, message.number(RunnerMessages.ID));
    return answer;
  }

  private Map<String, Object> start(Fields message) throws IOException {
    Launch launch = RunnerMessages.launch(message);
    try {
      Started started = runner.spawn(launch, exit -> host.exited(launch.terms(), exit));
      Map<String, Object> answer = answer(message, "started");
      RunnerMessages.put(answer, started);
      return answer;
    } catch (StartFailure failure) {
      Map<String, Object> answer = answer(message, "failed");
      answer.put("errno", failure.errno());
      answer.put("message", String.valueOf(failure.getMessage()));
      return answer;
    }
  }

  private Map<String, Object> resume(Fields message) throws IOException {
    JobTerms terms = RunnerMessages.terms(message);
    Optional<Resumption.Running> alive = runner.running(terms.jobId());
    Resumption now =
        alive
            .<Resumption>map(running -> running)
            .orElseGet(
                () ->
                    host.isRetired()
                        ? new Resumption.Gone()
                        : runner.resume(terms, exit -> host.exited(terms, exit)));
    return switch (now) {
      case Resumption.Running running -> {
        Map<String, Object> answer = answer(message, "running");
        RunnerMessages.put(answer, running);
        yield answer;
      }
      case Resumption.Ended(Exit _) -> answer(message, "ended");
      case Resumption.Gone() -> answer(message, "gone");
    };
  }

  private LiveInput input(Fields message) throws IOException {
    return runner.input(message.text(RunnerMessages.JOB));
  }

  private Map<String, Object> feed(Fields message) throws IOException {
    byte[] bytes = Base64.getDecoder().decode(message.text("data"));
    return state(message, input(message).feed(message.number("offset"), bytes));
  }

  private static Map<String, Object> state(Fields message, InputState state) throws IOException {
    Map<String, Object> answer = answer(message, "input_state");
    RunnerMessages.put(answer, state);
    return answer;
  }

  private void tellRoom(Fields message) throws IOException {
    var unused =
        input(message)
            .whenRoom()
            .thenAccept(state -> answering(message, each -> state(each, state)));
  }

  private void stop(Fields message) throws IOException {
    String job = message.text(RunnerMessages.JOB);
    Duration grace = Duration.ofMillis(message.number("grace_millis"));
    Map<String, Object> answer = answer(message, "stopped");
    var unused =
        runner
            .stop(job, message.integer("signal"), grace)
            .thenAccept(
                report -> {
                  RunnerMessages.put(answer, report);
                  outbox.send(answer);
                });
  }

  /** What is under way for this worker goes on. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    outbox.close();
  }
}
