package io.orrery.process;

import static io.orrery.posix.Descriptors.O_APPEND;
import static io.orrery.posix.Descriptors.O_CREAT;
import static io.orrery.posix.Descriptors.O_DIRECTORY;
import static io.orrery.posix.Descriptors.O_PATH;
import static io.orrery.posix.Descriptors.O_RDONLY;
import static io.orrery.posix.Descriptors.O_WRONLY;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.FileAction;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Spawn;
import io.orrery.posix.Users.User;
import io.orrery.posix.Waiting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the main process of a job: a session of its own, its files as descriptors 0 to 2 and no
 * others.
 */
final class Spawner {
  private static final Logger LOG = System.getLogger(Spawner.class.getName());

  /** Names the job in the environment of every process of it. */
  static final String JOB = "ORRERY_JOB_ID";

  /** The number of the attempt, from the second on. */
  static final String ATTEMPT = "ORRERY_ATTEMPT";

  private static final int OUTPUT = O_WRONLY | O_APPEND | O_CREAT;
  private static final int PRIVATE = 0600;

  private Spawner() {}

  /** Blocks until the child has executed its program, or has failed to and is gone. */
  static Child spawn(Launch launch, Cgroups cgroups, Wiring wiring, StrayReaper.Spawning spawning)
      throws StartFailure {
    Containment containment = new Containment(cgroups, launch);
    try (OpenFiles files = new OpenFiles()) {
      return spawn(launch, containment, wiring, files, spawning);
    } catch (PosixException e) {
      containment.group().remove();
      throw new StartFailure(e.call(), e);
    } catch (IllegalArgumentException e) {
      containment.group().remove();
      throw new StartFailure(
          Errno.EINVAL.number(), "an argument cannot be passed: " + e.getMessage());
    } catch (StartFailure e) {
      containment.group().remove();
      throw e;
    }
  }

  private static Child spawn(
      Launch launch,
      Containment containment,
      Wiring wiring,
      OpenFiles files,
      StrayReaper.Spawning spawning)
      throws StartFailure, PosixException {
    int directory = workingDirectory(files, launch.workingDirectory());
    List<FileAction> actions = actions(files, launch, wiring, directory);
    CommandLookup lookup = new CommandLookup(directory);
    String command = launch.argv().getFirst();
    String program = lookup.find(command, CommandLookup.pathOf(launch.environment()));
    ProgramCheck check = new ProgramCheck(directory, lookup, spawning);
    List<String> argv = argv(launch, wiring, program, containment, check);
    String first = argv.equals(launch.argv()) ? program : argv.getFirst();
    spawning.begin();
    Instant startTime = Instant.now();
    Moment start = Moment.now();
    int pid = containment.around(() -> spawn(launch, first, argv, actions, lookup));
    return new Child(
        new Started(pid, startTime),
        Proc.entry(pid).map(ProcessEntry::startTicks).orElse(0L),
        pidfd(pid),
        start,
        new Child.Parentage(true, Waiting.getrusage()),
        containment.group());
  }

  /** The job's words, behind those of what holds it to its limits. */
  private static List<String> argv(
      Launch launch, Wiring wiring, String program, Containment containment, ProgramCheck check)
      throws StartFailure {
    Confinement confinement = launch.confinement();
    if (containment.door() == null && !confinement.needsPrefix()) {
      return launch.argv();
    }
    check.check(program);
    if (!confinement.user().isEmpty()) {
      User user = Prefix.user(confinement.user());
      if (!launch.isAtHome()) {
        check.checkDirectory(launch.workingDirectory(), user);
      }
      check.check(program, user);
      Ownership.give(launch, wiring, user);
    }
    List<String> words = new ArrayList<>(Prefix.of(confinement, containment.door()));
    words.add(program);
    words.addAll(launch.argv().subList(1, launch.argv().size()));
    return words;
  }

  private static int spawn(
      Launch launch,
      String program,
      List<String> argv,
      List<FileAction> actions,
      CommandLookup lookup)
      throws StartFailure {
    try {
      return Spawn.posix_spawn(program, actions, argv, environment(launch));
    } catch (PosixException e) {
      if (e.is(Errno.ENOENT) && lookup.exists(program)) {
        throw new StartFailure(
            e.errno(), program + ": the interpreter that the file names does not exist");
      }
      if (e.is(Errno.ENOEXEC)) {
        throw new StartFailure(
            e.errno(), program + ": neither a program of this machine nor a script with #!");
      }
      throw new StartFailure(program, e);
    }
  }

  /** Ends a child that nobody waits for any more, since its start hung. */
  static void end(Child child) {
    try {
      child.group().kill();
      Signals.kill(-child.pid(), Signal.KILL.number());
      Waiting.wait4(child.pid(), 0);
      Descriptors.close(child.pidfd());
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "a process that comes too late goes on", e);
    }
    child.group().remove();
  }

  /** A child that cannot be watched is not kept. */
  private static int pidfd(int pid) throws PosixException {
    try {
      return Waiting.pidfd_open(pid);
    } catch (PosixException e) {
      Signals.kill(-pid, Signal.KILL.number());
      Waiting.wait4(pid, 0);
      throw e;
    }
  }

  private static int workingDirectory(OpenFiles files, Path directory) throws StartFailure {
    try {
      return files.open(directory.toString(), O_PATH | O_DIRECTORY, 0);
    } catch (PosixException e) {
      throw new StartFailure("working directory " + directory, e);
    }
  }

  /**
   * The job's files are opened here rather than by the child, so that a failure names the file;
   * every descriptor here is close-on-exec, and the child closes what is left.
   */
  private static List<FileAction> actions(
      OpenFiles files, Launch launch, Wiring wiring, int directory) throws StartFailure {
    Path home = launch.directory();
    try {
      List<FileAction> actions =
          new ArrayList<>(
              wiring.isTerminal()
                  ? wiring.terminalActions()
                  : fileActions(files, launch, wiring.pipe()));
      actions.add(new FileAction.Fchdir(directory));
      actions.add(new FileAction.CloseFrom(3));
      return actions;
    } catch (PosixException e) {
      throw new StartFailure("job directory " + home + ": " + e.call(), e);
    }
  }

  private static List<FileAction> fileActions(OpenFiles files, Launch launch, int pipe)
      throws PosixException {
    Path home = launch.directory();
    int stdin = pipe < 0 ? stdin(files, home.resolve("stdin")) : pipe;
    int stdout = files.open(home.resolve("stdout").toString(), OUTPUT, PRIVATE);
    int stderr =
        launch.streams().mergeStderr()
            ? stdout
            : files.open(home.resolve("stderr").toString(), OUTPUT, PRIVATE);
    return List.of(
        new FileAction.Dup2(stdin, 0),
        new FileAction.Dup2(stdout, 1),
        new FileAction.Dup2(stderr, 2));
  }

  private static int stdin(OpenFiles files, Path file) throws PosixException {
    try {
      return files.open(file.toString(), O_RDONLY, 0);
    } catch (PosixException e) {
      if (e.is(Errno.ENOENT)) {
        return files.open("/dev/null", O_RDONLY, 0);
      }
      throw e;
    }
  }

  private static List<String> environment(Launch launch) {
    List<String> entries = new ArrayList<>();
    entries.add(JOB + "=" + launch.jobId());
    if (launch.terms().attempt() > 1) {
      entries.add(ATTEMPT + "=" + launch.terms().attempt());
    }
    for (Map.Entry<String, String> variable : launch.environment().entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException("environment variable named '" + name + "'");
      }
      if (!name.equals(JOB) && !name.equals(ATTEMPT)) {
        entries.add(name + "=" + variable.getValue());
      }
    }
    return entries;
  }
}
