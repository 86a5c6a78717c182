package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.JobCommand;
import io.orrery.job.JobInput;
import io.orrery.job.JobSpec;
import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartPolicyTest {
  @TempDir Path data;
  private WorkerIdentity self;

  @BeforeEach
  void load() throws Exception {
    self = WorkerIdentity.load("w1", data);
  }

  private static JobSpec spec(String command, String path, Map<String, String> env) {
    return new JobSpec(
        new JobCommand(command, path, List.of(), env, ""),
        JobInput.NONE,
        null,
        null,
        Limits.NONE,
        Map.of(),
        "",
        false,
        OutputPolicy.DEFAULT,
        null,
        Placement.ANY);
  }

  private void check(List<String> allow, JobSpec spec) {
    new StartPolicy(allow, Map.of(), Set::of).check(spec, self);
  }

  @ParameterizedTest
  @CsvSource({"rsync,''", "bash,count.sh", "python3,a.py", "python3,b.py"})
  void runsWhatIsListed(String command, String path) {
    List<String> allow = List.of("rsync", "bash count.sh", "python3 *");

    assertThatCode(() -> check(allow, spec(command, path, Map.of("LANG", "C"))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"bash,''", "bash,other.sh", "python3,''", "sh,count.sh", "/usr/bin/rsync,''"})
  void refusesWhatIsNot(String command, String path) {
    assertRefused(List.of("rsync", "bash count.sh", "python3 *"), spec(command, path, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATH", "BASH_ENV", "ENV", "LD_PRELOAD", "JAVA_TOOL_OPTIONS", "IFS"})
  void refusesAVariableThatMakesAnAllowedCommandRunSomethingElse(String name) {
    JobSpec spec = spec("bash", "count.sh", Map.of(name, "/evil"));

    assertRefused(List.of("bash count.sh"), spec);
    assertThatCode(() -> check(List.of("*"), spec)).doesNotThrowAnyException();
  }

  private void assertRefused(List<String> allow, JobSpec spec) {
    assertThatThrownBy(() -> check(allow, spec))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.COMMAND_NOT_ALLOWED));
  }

  @Test
  void namesTheFieldThatItCannotDo() {
    JobSpec plain = spec("true", "", Map.of());
    JobSpec other =
        new JobSpec(
            plain.command(),
            plain.input(),
            null,
            null,
            Limits.NONE,
            Map.of(),
            "nobody",
            false,
            OutputPolicy.DEFAULT,
            null,
            Placement.ANY);

    assertThatThrownBy(() -> check(List.of("*"), other)).hasMessageContaining("run_as");
  }
}
