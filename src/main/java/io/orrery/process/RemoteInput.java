package io.orrery.process;

import static io.orrery.process.RunnerMessages.message;

import io.orrery.process.StreamSetup.WindowSize;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The live input of a job at a runner process. When that dies the input ends with it, as the job
 * sees; the runner in its place says so.
 */
final class RemoteInput implements LiveInput {
  private static final Logger LOG = System.getLogger(RemoteInput.class.getName());

  private final RemoteJob job;
  private final RunnerLinks links;

  RemoteInput(RemoteJob job, RunnerLinks links) {
    this.job = job;
    this.links = links;
  }

  @Override
  public InputState feed(long offset, byte[] bytes) {
    Map<String, Object> order = order("input");
    order.put("offset", offset);
    order.put("data", Base64.getEncoder().encodeToString(bytes));
    return answered(order);
  }

  @Override
  public InputState end() {
    return answered(order("input_end"));
  }

  /** Blocks for the answer, which does not wait for the job. */
  private InputState answered(Map<String, Object> order) {
    while (true) {
      RunnerLink link = job.link();
      try {
        Fields answer = RunnerLinks.answer(link.ask(order));
        if (answer.text(RunnerMessages.TYPE).equals("refused")) {
          throw new IllegalArgumentException(answer.text("message"));
        }
        return RunnerMessages.inputState(answer);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "asking again, the runner has gone: {0}", e.getMessage());
        awaitNext(link);
      }
    }
  }

  private void awaitNext(RunnerLink link) {
    if (Thread.currentThread().isInterrupted() || links.isClosed()) {
      throw new IllegalStateException("the runner is closed");
    }
    links.awaitReplacement(link);
    if (job.link() == link) {
      job.moveTo(links.current());
    }
  }

  @Override
  public CompletableFuture<InputState> whenRoom() {
    RunnerLink link = job.link();
    return link.ask(order("input_room"))
        .thenApply(Optional::of)
        .exceptionally(_ -> Optional.empty())
        .thenCompose(
            answer ->
                answer.isPresent()
                    ? CompletableFuture.completedFuture(state(answer.get()))
                    : links.afterLoss(link).thenCompose(_ -> whenRoom()));
  }

  private static InputState state(Fields answer) {
    try {
      return RunnerMessages.inputState(answer);
    } catch (IOException e) {
      throw new IllegalStateException("not an answer of a runner", e);
    }
  }

  @Override
  public void resize(WindowSize size) {
    Map<String, Object> order = order("resize");
    RunnerMessages.put(order, size);
    try {
      job.link().tell(order);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the runner has gone: {0}", e.getMessage());
    }
  }

  private Map<String, Object> order(String type) {
    Map<String, Object> order = message(type);
    order.put(RunnerMessages.JOB, job.terms().jobId());
    return order;
  }
}
