package io.orrery.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a job of another user comes to of the worker, its runner and other jobs; to be run as root.
 * The same attempts by a job of the worker's own user succeed, so that each is known to be one.
 */
class OtherUserIT {
  /** PTRACE_SEIZE does not stop the process that is traced; perl is in every Debian. */
  private static final String ATTEMPTS =
      """
      try() { what=$1; shift; if "$@" > /dev/null 2>&1; then echo "got $what"; else echo "denied $what"; fi; }
      worker=%1$d home=%2$s data=%2$s/data/w1 other=%3$s otherpid=%4$d runner=$PPID
      seize='exit(syscall(%5$d, 0x4206, $ARGV[0] + 0, 0, 0) == 0 ? 0 : 1)'
      try key cat $home/certs/w1.key
      try environ cat /proc/$worker/environ
      try descriptors ls -l /proc/$worker/fd/0
      try memory head -c 1 /proc/$worker/maps
      try trace perl -e "$seize" $worker
      try signal kill -0 $worker
      try runner-environ cat /proc/$runner/environ
      try runner-descriptors ls /proc/$runner/fd
      try runner-trace perl -e "$seize" $runner
      try runner-signal kill -0 $runner
      try socket test -S $data/runner.sock
      try data ls $data
      try jobs ls $data/jobs
      try other-output cat $data/jobs/$other/stdout
      try other-spec cat $data/jobs/$other/spec.json
      try other-directory ls $data/jobs/$other/work
      try other-environ cat /proc/$otherpid/environ
      try other-trace perl -e "$seize" $otherpid
      try other-signal kill -0 $otherpid
      """;

  /** Only by the other user: the runner serves the newest connection alone. */
  private static final String CONNECT =
      """
      perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); \
        print connect(S, pack_sockaddr_un($ARGV[0])) ? "connected\\n" : "$!\\n"' $data/runner.sock
      """;

  @TempDir Path home;

  private static int ptrace() {
    return System.getProperty("os.arch").equals("aarch64") ? 117 : 101;
  }

  private static StartJobRequest.Builder bash(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private static Stream<String> attempts() {
    return ATTEMPTS.lines().filter(line -> line.startsWith("try ")).map(line -> line.split(" ")[1]);
  }

  @Test
  void allIsDeniedToIt() throws Exception {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Fleet fleet = Fleet.start(home)) {
      fleet.startWorker("w1", new JsonObject().put("runner", "process"));
      RpcClient admin = fleet.admin();
      Job other = start(fleet, admin, bash("echo secret; exec sleep 300"));
      String script =
          ATTEMPTS.formatted(
              ProcessHandle.current().pid(), home, other.getJobId(), other.getPid(), ptrace());

      assertThat(lines(fleet, admin, bash(script)))
          .containsExactlyElementsOf(attempts().map(what -> "got " + what).toList());
      assertThat(lines(fleet, admin, bash(script + CONNECT).setRunAs("nobody")))
          .containsExactlyElementsOf(
              Stream.concat(
                      attempts().map(what -> "denied " + what), Stream.of("Permission denied"))
                  .toList());
    }
  }

  private static Job start(Fleet fleet, RpcClient admin, StartJobRequest.Builder request)
      throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private static List<String> lines(Fleet fleet, RpcClient admin, StartJobRequest.Builder request)
      throws Exception {
    Reader reader = Reader.read(fleet, admin, start(fleet, admin, request).getJobId());
    return new String(reader.stdout(), UTF_8).lines().toList();
  }
}
