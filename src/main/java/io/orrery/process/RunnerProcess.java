package io.orrery.process;

import io.orrery.job.FaultPoint;
import io.orrery.posix.Descriptors;
import io.orrery.posix.FileAction;
import io.orrery.posix.PosixException;
import io.orrery.posix.Spawn;
import io.orrery.posix.Waiting;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Starts the runner of a data directory, and connects to those that are there. Blocks. */
final class RunnerProcess {
  private static final Logger LOG = System.getLogger(RunnerProcess.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 10;

  /**
   * What a small process of ours needs: 32 MB of heap, no second compiler, no parallel collector.
   * The JDK's class archive is relocated at each start, so that all of it would be ours alone, and
   * half of it is of no use here. What the compiler has used at the start goes back.
   */
  private static final List<String> OPTIONS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xrs",
          "-Xms4m",
          "-Xmx32m",
          "-Xss512k",
          "-Xshare:off",
          "-XX:TrimNativeHeapInterval=5000");

  /** In lib/: the runner's classes and nothing else, since the index of each jar is in memory. */
  private static final String JAR = "orrery-runner.jar";

  private final Path data;
  private final String build;
  private final Duration idle;

  RunnerProcess(Path data, String build, Duration idle) {
    this.data = data;
    this.build = build;
    this.idle = idle;
  }

  /** The runner that takes new jobs, if one answers. */
  Optional<RunnerChannel> connect() {
    return connect(RunnerServer.socket(data));
  }

  /** Those that were retired and have jobs still. */
  List<RunnerChannel> retired() throws IOException {
    List<RunnerChannel> found = new ArrayList<>();
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(data, "runner-*.sock")) {
      for (Path socket : sockets) {
        Optional<RunnerChannel> channel = connect(socket);
        if (channel.isPresent()) {
          found.add(channel.get());
        } else {
          Files.deleteIfExists(socket);
        }
      }
    }
    return found;
  }

  private static Optional<RunnerChannel> connect(Path socket) {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return Optional.of(new RunnerChannel(channel));
      } catch (IOException nobody) {
        channel.close();
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Starts a runner and connects to it. It is in a session of its own, has nothing of our
   * environment but the locale, and says what troubles it in runner.log.
   *
   * @throws IOException when it does not come up; the message says where to look
   */
  RunnerChannel launch() throws IOException {
    Thread waiter = waitFor(spawn());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Optional<RunnerChannel> channel = connect();
      if (channel.isPresent()) {
        return channel.get();
      }
      if (!waiter.isAlive()) {
        break;
      }
      pause();
    }
    throw new IOException("the runner did not start: see " + data.resolve("runner.log"));
  }

  private int spawn() throws IOException {
    try (OpenFiles files = new OpenFiles()) {
      int log =
          files.open(
              data.resolve("runner.log").toString(),
              Descriptors.O_WRONLY | Descriptors.O_CREAT | Descriptors.O_APPEND,
              0600);
      int directory = files.open(data.toString(), Descriptors.O_PATH | Descriptors.O_DIRECTORY, 0);
      int nothing = files.open("/dev/null", Descriptors.O_RDONLY, 0);
      return Spawn.posix_spawn(
          java(),
          List.of(
              new FileAction.Dup2(nothing, 0),
              new FileAction.Dup2(log, 1),
              new FileAction.Dup2(log, 2),
              new FileAction.Fchdir(directory),
              new FileAction.CloseFrom(3)),
          command(),
          environment());
    } catch (PosixException e) {
      throw new IOException("the runner cannot be started: " + e.getMessage(), e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(OPTIONS);
    String fault = System.getProperty(FaultPoint.PROPERTY);
    if (fault != null) {
      command.add("-D" + FaultPoint.PROPERTY + "=" + fault);
    }
    command.add("-cp");
    command.add(classPath().toString());
    command.add(RunnerMain.class.getName());
    command.add(data.toString());
    command.add(build);
    command.add(Long.toString(idle.toMillis()));
    return command;
  }

  /** Where our own classes are: it needs no others. */
  private static Path classPath() throws IOException {
    try {
      Path ours =
          Path.of(RunnerMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path jar = ours.resolveSibling(JAR);
      return Files.isRegularFile(ours) && Files.isReadable(jar) ? jar : ours;
    } catch (URISyntaxException e) {
      throw new IOException("the runner's classes are not in the file system", e);
    }
  }

  private static List<String> environment() {
    Map<String, String> kept = new TreeMap<>(System.getenv());
    kept.keySet().removeIf(name -> !name.equals("LANG") && !name.startsWith("LC_"));
    return kept.entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue())
        .toList();
  }

  /** Our child until one of us ends: waited for, so that it leaves no zombie. */
  private static Thread waitFor(int pid) {
    return Thread.ofPlatform()
        .name("orrery-runner-wait")
        .daemon()
        .start(
            () -> {
              try {
                Waiting.wait4(pid, 0);
              } catch (PosixException e) {
                LOG.log(Level.WARNING, "the runner is not our child any more", e);
              }
            });
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
