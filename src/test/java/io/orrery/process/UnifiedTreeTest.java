package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import io.orrery.job.ResourceUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a recorded tree of a host with version 2 only: the files are there, the kernel is not. */
class UnifiedTreeTest {
  private static final String NAME = "orrery-test";
  private static final String GIB = Long.toString(1L << 30);

  @TempDir Path top;
  private Path own;
  private Path job;
  private JobTerms terms;

  @BeforeEach
  void record() throws IOException {
    own = group(top.resolve("system.slice/orrery.service"), "cpu io memory pids", "");
    Path parent = group(own.resolve(NAME), "cpu io memory pids", "");
    job = group(parent.resolve("j1-1"), "cpu io memory pids", "");
    for (String file :
        List.of("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.max")) {
      Files.writeString(job.resolve(file), "");
    }
    terms = new JobTerms("j1", 1, top, null, Duration.ZERO);
  }

  private static Path group(Path directory, String controllers, String enabled) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("cgroup.controllers"), controllers + "\n");
    Files.writeString(directory.resolve("cgroup.subtree_control"), enabled);
    Files.writeString(directory.resolve("cgroup.procs"), "");
    return directory;
  }

  private Cgroups open() {
    return Cgroups.open(new CgroupMounts(own, Map.of()), NAME);
  }

  @Test
  void theControllersAreEnabledForTheJobsGroups() throws Exception {
    assertThat(open().enforceable())
        .containsExactlyInAnyOrder(
            LimitKind.MEMORY,
            LimitKind.CPUS,
            LimitKind.PIDS,
            LimitKind.IO_READ,
            LimitKind.IO_WRITE);
    assertThat(Files.readString(own.resolve("cgroup.subtree_control")).split(" "))
        .containsExactlyInAnyOrder("+cpu", "+io", "+memory", "+pids");
  }

  @Test
  void limitsAreWrittenInTheWordsOfVersion2() throws Exception {
    Limits limits = new Limits(1L << 30, 1.5, 20, Limits.InputOutput.NONE, 0, 0, 0, false);
    JobGroup group = open().make(terms, new Confinement(limits, ""));

    assertThat(group.record()).containsExactly("unified=" + job);
    assertThat(Files.readString(job.resolve("memory.max"))).isEqualTo(GIB);
    assertThat(Files.readString(job.resolve("memory.swap.max"))).isEqualTo("0");
    assertThat(Files.readString(job.resolve("memory.oom.group"))).isEqualTo("1");
    assertThat(Files.readString(job.resolve("pids.max"))).isEqualTo("20");
    assertThat(Files.readString(job.resolve("cpu.max"))).isEqualTo("150000 100000");
  }

  @Test
  void limitsOfDisksAreWrittenForEachThatHasAMedium() throws Exception {
    Path disk = Files.createDirectories(top.resolve("block/vda"));
    Files.writeString(disk.resolve("size"), "2048\n");
    Files.writeString(disk.resolve("dev"), "254:0\n");
    Path empty = Files.createDirectories(top.resolve("block/loop0"));
    Files.writeString(empty.resolve("size"), "0\n");
    Files.writeString(empty.resolve("dev"), "7:0\n");
    Files.writeString(job.resolve("io.max"), "");
    Limits limits = new Limits(0, 0, 0, new Limits.InputOutput(1000, 2000, 30, 40), 0, 0, 0, false);

    new GroupLimits(open().find(terms), limits, top.resolve("block").toFile()).writeBefore();

    assertThat(job.resolve("io.max")).hasContent("254:0 rbps=1000 wbps=2000 riops=30 wiops=40");
  }

  @Test
  void aShareBelowTheKernelsLeastGetsALongerPeriod() throws Exception {
    Limits limits = new Limits(0, 0.002, 0, Limits.InputOutput.NONE, 0, 0, 0, false);
    open().make(terms, new Confinement(limits, ""));

    assertThat(Files.readString(job.resolve("cpu.max"))).isEqualTo("2000 1000000");
  }

  @Test
  void aLimitThatCannotBeWrittenFailsTheStart() throws Exception {
    Files.delete(job.resolve("pids.max"));
    Limits limits = new Limits(0, 0, 20, Limits.InputOutput.NONE, 0, 0, 0, false);
    Cgroups cgroups = open();

    assertThatThrownBy(() -> cgroups.make(terms, new Confinement(limits, "")))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("pids.max");
  }

  @Test
  void aGroupThatIsNotOursToWriteBringsNothing() throws Exception {
    own = top.resolve("nothing/here");

    assertThat(open().enforceable()).isEmpty();
    assertThat(open().make(terms, Confinement.NONE).isTracking()).isFalse();
  }

  @Test
  void whatWasMovedDownBeforeIsFoundAgain() throws Exception {
    own = group(own.resolve(UnifiedParent.MAIN), "", "");

    assertThat(open().find(terms).record()).containsExactly("unified=" + job);
  }

  @Test
  void useAndKillAreThoseOfVersion2() throws Exception {
    Files.writeString(job.resolve("cpu.stat"), "usage_usec 5\nuser_usec 3000\nsystem_usec 2000\n");
    Files.writeString(job.resolve("memory.peak"), GIB + "\n");
    Files.writeString(job.resolve("memory.events"), "low 0\nmax 3\noom 1\noom_kill 2\n");
    Files.writeString(job.resolve("cpu.pressure"), "some avg10=0.00 avg300=0.00 total=7\nfull x\n");
    Files.writeString(job.resolve("cgroup.kill"), "");
    Files.writeString(job.resolve("cgroup.events"), "populated 1\nfrozen 0\n");
    JobGroup group = open().find(terms);
    GroupUse use = new GroupUse(group);

    assertThat(use.over(ResourceUse.UNKNOWN, true))
        .isEqualTo(
            new ResourceUse(
                Duration.ofMillis(3),
                Duration.ofMillis(2),
                1L << 30,
                new ResourceUse.Pressure(Duration.ofNanos(7000), Duration.ZERO, Duration.ZERO)));
    assertThat(use.wasOutOfMemory()).isTrue();
    assertThat(group.isEmpty()).isFalse();
    group.kill();
    assertThat(Files.readString(job.resolve("cgroup.kill"))).isEqualTo("1");
  }
}
