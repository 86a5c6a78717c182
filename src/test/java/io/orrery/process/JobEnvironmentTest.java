package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JobEnvironmentTest {

  @Test
  void onlyTheAllowListIsInherited() {
    var own =
        Map.of(
            "PATH",
            "/bin",
            "LC_ALL",
            "C.UTF-8",
            "HOME",
            "/home/x",
            "LD_PRELOAD",
            "evil.so",
            "JAVA_TOOL_OPTIONS",
            "-Dx",
            "ORRERY_KEY",
            "secret",
            "BASH_ENV",
            "evil.sh");

    assertThat(new JobEnvironment(own).of("id", Map.of()))
        .containsOnly(
            Map.entry("PATH", "/bin"),
            Map.entry("LC_ALL", "C.UTF-8"),
            Map.entry("HOME", "/home/x"),
            Map.entry("PYTHONUNBUFFERED", "1"),
            Map.entry("ORRERY_JOB_ID", "id"));
  }

  @Test
  void theLocaleIsThatOfWhoStartedTheWorkerNotTheOneThatTheWorkerNeeds() {
    var unset = new JobEnvironment(Map.of("LC_ALL", "C.UTF-8", "ORRERY_LC_ALL", "", "LANG", "C"));
    var set = new JobEnvironment(Map.of("LC_ALL", "C.UTF-8", "ORRERY_LC_ALL", "POSIX"));

    assertThat(unset.of("id", Map.of()))
        .containsEntry("LANG", "C")
        .doesNotContainKeys("LC_ALL", "ORRERY_LC_ALL");
    assertThat(set.of("id", Map.of()))
        .containsEntry("LC_ALL", "POSIX")
        .doesNotContainKey("ORRERY_LC_ALL");
  }

  @Test
  void theRequestWinsExceptOverTheJobsId() {
    var requested = Map.of("PATH", "", "PYTHONUNBUFFERED", "", "ORRERY_JOB_ID", "forged", "A", "b");

    assertThat(new JobEnvironment(Map.of("PATH", "/bin")).of("id", requested))
        .containsOnly(
            Map.entry("PATH", ""),
            Map.entry("PYTHONUNBUFFERED", ""),
            Map.entry("A", "b"),
            Map.entry("ORRERY_JOB_ID", "id"));
  }

  @Test
  void thereIsAlwaysAPath() {
    assertThat(new JobEnvironment(Map.of()).of("id", Map.of())).containsKey("PATH");
    assertThat(JobEnvironment.ofThisProcess().of("id", Map.of()))
        .containsEntry("PATH", System.getenv("PATH"));
  }
}
