package io.orrery.process;

import io.orrery.job.ResourceUse;
import io.orrery.process.Exit.Ending;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A job at a runner process, as its worker sees it; its end is told once. */
final class RemoteJob {
  private final JobTerms terms;
  private final Consumer<Exit> onExit;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile RunnerLink link;
  private volatile boolean started;
  private volatile boolean stopping;

  RemoteJob(JobTerms terms, Consumer<Exit> onExit, RunnerLink link) {
    this.terms = terms;
    this.onExit = onExit;
    this.link = link;
  }

  JobTerms terms() {
    return terms;
  }

  RunnerLink link() {
    return link;
  }

  void moveTo(RunnerLink next) {
    link = next;
  }

  /** It has a process: from now on it is looked for when its runner goes. */
  void hasStarted() {
    started = true;
  }

  /** It was found running. */
  void goesOn(Resumption.Running running) {
    started = true;
    stopping = running.stopping();
  }

  boolean started() {
    return started;
  }

  void isStopping() {
    stopping = true;
  }

  /** Says whether this was the first time. */
  boolean end(Exit exit) {
    boolean first = told.compareAndSet(false, true);
    if (first) {
      onExit.accept(exit);
    }
    return first;
  }

  /** The end of a job whose runner had died before it. */
  Exit unobserved(List<Integer> survivors) {
    return new Exit(
        new Exit.Cause.Unobserved(),
        Instant.now(),
        ResourceUse.UNKNOWN,
        stopping ? Ending.STOPPED : Ending.BY_ITSELF,
        survivors);
  }

  /** Asks its runner how it goes on; blocks. Fails when that has gone. */
  Resumption resume() throws IOException {
    Map<String, Object> question = RunnerMessages.message("resume");
    RunnerMessages.put(question, terms);
    Fields answer = RunnerLinks.answer(link.ask(question));
    return switch (answer.text(RunnerMessages.TYPE)) {
      case "running" -> RunnerMessages.running(answer);
      case "ended" ->
          ExitRecord.read(terms.directory())
              .<Resumption>map(record -> new Resumption.Ended(record.exit()))
              .orElseGet(Resumption.Gone::new);
      case "gone" -> new Resumption.Gone();
      default -> throw new IOException(answer.text("message"));
    };
  }
}
