package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a list of jobs again and again, until it is interrupted. */
final class JobWatch {
  private static final String CLEAR = "\033[H\033[2J";

  /** The heading of the list and of the table, and the line below. */
  private static final int OTHER_ROWS = 3;

  private final JobPages pages;
  private final JobIds ids;
  private final Console console;
  private final boolean json;
  private final boolean allOwners;
  private final Map<String, Job> known = new HashMap<>();
  private boolean silent;

  JobWatch(JobPages pages, JobIds ids, Console console, boolean json, boolean allOwners) {
    this.pages = pages;
    this.ids = ids;
    this.console = console;
    this.json = json;
    this.allOwners = allOwners;
  }

  /** Never returns by itself; what fails at first is told as ever, and later tried again. */
  void run(Duration period, int limit) throws IOException, StatusException, InterruptedException {
    if (period.toMillis() < 100) {
      throw new CommandException("--watch looks at most ten times a second: 100ms or more");
    }
    boolean drawn = !json && isTerminal();
    look(drawn, period, limit);
    while (true) {
      Thread.sleep(period.toMillis());
      try {
        look(drawn, period, limit);
        silent = false;
      } catch (IOException | StatusException trouble) {
        if (!silent) {
          console.say("no answer, tried again each " + TimeText.millis(period.toMillis()));
          silent = true;
        }
      }
    }
  }

  /** JDK 25 has no console where not both ends are a terminal (JDK-8351435), as before 22. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    java.io.Console terminal = System.console();
    return terminal != null && terminal.isTerminal();
  }

  private void look(boolean drawn, Duration period, int limit)
      throws IOException, StatusException, InterruptedException {
    if (drawn) {
      draw(period, limit);
    } else {
      tellChanges(limit);
    }
  }

  /** As many jobs as the terminal has room for. */
  private void draw(Duration period, int limit)
      throws IOException, StatusException, InterruptedException {
    int rows = LocalTerminal.size().map(size -> size.getRows()).orElse(24) - OTHER_ROWS;
    int shown = Math.max(1, Math.min(rows, limit));
    List<Job> jobs = new ArrayList<>();
    pages.each(Math.min(limit, shown + 1), jobs::addAll);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    JobTable table =
        new JobTable(new Console(console.in(), text, console.err()), JobPages.now(), allOwners);
    table.print(jobs.subList(0, Math.min(shown, jobs.size())));
    String more = jobs.size() > shown ? "… and more; -n, or a filter, shows fewer\n" : "";
    console.print(
        CLEAR
            + TimeText.seconds(JobPages.now())
            + ", each "
            + TimeText.millis(period.toMillis())
            + "; Ctrl-C leaves\n"
            + text.toString(StandardCharsets.UTF_8)
            + more);
  }

  private void tellChanges(int limit) throws IOException, StatusException, InterruptedException {
    Map<String, Job> now = new HashMap<>();
    List<Job> news = new ArrayList<>();
    pages.each(
        limit,
        jobs ->
            jobs.forEach(
                job -> {
                  now.put(job.getJobId(), job);
                  if (isNews(known.get(job.getJobId()), job)) {
                    news.add(job);
                  }
                }));
    for (String id : known.keySet()) {
      if (!now.containsKey(id)) {
        gone(id).ifPresent(news::add);
      }
    }
    known.clear();
    known.putAll(now);
    print(news);
  }

  /** It is not in the list any more: it has ended, most likely. */
  private Optional<Job> gone(String id) throws IOException, InterruptedException {
    try {
      return Optional.of(ids.query(id));
    } catch (StatusException forgotten) {
      return Optional.empty();
    }
  }

  private static boolean isNews(@org.jspecify.annotations.Nullable Job before, Job now) {
    return before == null
        || before.getState() != now.getState()
        || before.getAttempt() != now.getAttempt()
        || !before.getWorkerId().equals(now.getWorkerId())
        || before.hasWorkerUnreachableSince() != now.hasWorkerUnreachableSince();
  }

  private void print(List<Job> news) {
    if (json) {
      news.forEach(job -> console.print(JsonText.of(job) + "\n"));
    } else if (!news.isEmpty()) {
      new JobTable(console, JobPages.now(), allOwners).withoutHeading(!known.isEmpty()).print(news);
    }
  }
}
