package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.launch.Program.Begun;
import io.orrery.launch.Program.Ran;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code orrery logs -f} while all that it reads through is killed and started again. */
final class FollowAcrossRestartsIT {
  private static final String SCRIPT =
      "i=0; until [ -e %s ]; do i=$((i+1)); echo line $i; echo err $i >&2; sleep 0.01; done; exit"
          + " 3";

  @TempDir private Path directory;

  private static void awaitMore(Begun logs) throws Exception {
    long now = Files.size(logs.out());
    Caller.eventually(() -> Files.size(logs.out()) > now + 100);
  }

  @Test
  void everyByteOfTheJobComesOnceWhateverDiesBetween() throws Exception {
    Path gate = directory.resolve("gate");
    try (Home home = Home.withCertificates(directory)) {
      Launched scheduler = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0));
      int schedulerPort = scheduler.port();
      Launched worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, schedulerPort));
      int workerPort = worker.port();
      try (Caller admin = new Caller(home.tls("admin"), schedulerPort)) {
        admin.awaitOnline(workerPort);
        Job job = admin.start(SCRIPT.formatted(gate));
        try (Begun logs =
            new Program(directory, schedulerPort)
                .begin("logs", "-f", "--reconnect-timeout", "2m", job.getJobId())) {
          awaitMore(logs);

          for (Signal signal : new Signal[] {Signal.KILL, Signal.TERM}) {
            worker.signal(signal);
            worker.exitCode();
            worker =
                home.run("WorkerVerticle", "-conf", home.workerConf(workerPort, schedulerPort));
            awaitMore(logs);
          }
          scheduler.signal(Signal.KILL);
          scheduler.exitCode();
          home.run("SchedulerVerticle", "-conf", home.schedulerConf(schedulerPort)).port();
          awaitMore(logs);
          Files.createFile(gate);

          assertWhole(logs.end(), home.resolve("data/worker/jobs").resolve(job.getJobId()));
        }
      }
    }
  }

  private static void assertWhole(Ran logs, Path job) throws Exception {
    assertThat(logs.errors()).contains("lost the connection");
    assertThat(logs.code()).isZero();
    assertThat(logs.out()).isEqualTo(Files.readAllBytes(job.resolve("stdout")));
    String ours =
        logs.errors().lines().filter(line -> !line.startsWith("orrery: ")).reduce("", LINES);
    assertThat(ours).isEqualTo(Files.readString(job.resolve("stderr")));
  }

  private static final java.util.function.BinaryOperator<String> LINES =
      (text, line) -> text + line + "\n";
}
