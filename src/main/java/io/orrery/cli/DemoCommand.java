package io.orrery.cli;

import io.orrery.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the whole on one machine: a scheduler, a worker, a job; and leaves nothing behind. */
@Command(
    name = "demo",
    description = "start a scheduler and a worker for a moment, and run a job through them")
final class DemoCommand implements Callable<Integer> {
  private static final String SCRIPT = "count.sh";

  private final Session session;

  @Option(names = "--keep", description = "leave both running, until Ctrl-C")
  private boolean keep;

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Mixin
  private final HelpFlag help = new HelpFlag();

  /** The process ends: there is nothing to go on with. */
  private volatile boolean leaving;

  DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (!Files.exists(ConfigFile.home().resolve("scripts").resolve(SCRIPT))) {
      throw new CommandException(
          "there is no scripts/" + SCRIPT + " in " + ConfigFile.home() + "; is ORRERY_HOME right?");
    }
    DemoSite site = DemoSite.create();
    // SIGINT and SIGTERM end the process, and the process ends through here.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(site), "orrery-demo-end"));
    try {
      return show(site);
    } finally {
      close(site);
    }
  }

  private int show(DemoSite site) throws Exception {
    Console console = session.console();
    console.say("starting a scheduler and a worker, with throw-away certificates");
    site.start();
    Map<String, String> environment = new HashMap<>(session.environment());
    environment.putAll(site.environment());
    console.say("$ orrery run --path " + SCRIPT + " bash");
    int code =
        new Cli(new Session(console, environment, new Unheard()))
            .run("run", "--path", SCRIPT, "bash");
    if (leaving) {
      return code;
    }
    console.say("exit status " + code);
    if (keep) {
      console.say("both go on until Ctrl-C; to talk to them from another terminal:");
      site.environment()
          .forEach((key, value) -> console.print("export " + key + "=" + value + "\n"));
      new CountDownLatch(1).await();
    }
    console.say("to go on:");
    console.print(
        """
        bin/orrery demo --keep        # the same, but it stays, for commands of yours
        bin/orrery certs init         # certificates for a scheduler, a worker and you; then start
                                      # bin/orrery scheduler and bin/orrery worker
        bin/orrery run -- uname -a    # a command of yours, through them
        """);
    return code;
  }

  private void interrupted(DemoSite site) {
    leaving = true;
    close(site);
  }

  private void close(DemoSite site) {
    try {
      site.close();
    } catch (IOException e) {
      session.console().say(String.valueOf(e.getMessage()));
    }
  }

  /** Ctrl-C ends the demo as a whole, not the job alone. */
  private static final class Unheard implements Interrupts {
    @Override
    public void onInterrupt(Runnable action) {}

    @Override
    public void onSuspend(@Nullable Runnable action) {}

    @Override
    public void onResize(Runnable action) {}

    @Override
    public void exit(int code) {
      System.exit(code);
    }
  }
}
