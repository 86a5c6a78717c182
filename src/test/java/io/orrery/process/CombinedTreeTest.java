package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a recorded tree of version 1 that has cpu and cpuacct in one mount, as most hosts do. */
class CombinedTreeTest {
  private static final String NAME = "orrery-test";

  @TempDir Path top;
  private Path combined;
  private JobTerms terms;

  @BeforeEach
  void record() throws IOException {
    combined = group(top.resolve("cpu,cpuacct"));
    group(combined.resolve(NAME));
    terms = new JobTerms("j1", 1, top, null, Duration.ZERO);
  }

  private static Path group(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("tasks"), "");
    return directory;
  }

  private Cgroups open() {
    return Cgroups.open(new CgroupMounts(null, Map.of("cpu", combined, "cpuacct", combined)), NAME);
  }

  private static Confinement halfAProcessor() {
    return new Confinement(new Limits(0, 0.5, 0, Limits.InputOutput.NONE, 0, 0, 0, false), "");
  }

  @Test
  void aControllerIsThereThoughAnotherIsInTheSameMount() {
    assertThat(open().enforceable()).containsExactly(LimitKind.CPUS);
  }

  @Test
  void aJobIsInTheOneGroupByBothNames() throws Exception {
    Path job = combined.resolve(NAME).resolve("j1-1");

    JobGroup group = open().make(terms, halfAProcessor());

    assertThat(group.record()).containsExactly("cpuacct=" + job, "cpu=" + job);
    group.remove();
    assertThat(job).doesNotExist();
  }

  @Test
  void limitsOfReadsAreWrittenInTheWordsOfVersion1() throws Exception {
    Path disk = Files.createDirectories(top.resolve("block/vda"));
    Files.writeString(disk.resolve("size"), "2048\n");
    Files.writeString(disk.resolve("dev"), "254:0\n");
    Path blkio = Files.createDirectories(top.resolve("blkio"));
    Path bytes = Files.createFile(blkio.resolve("blkio.throttle.read_bps_device"));
    Path operations = Files.createFile(blkio.resolve("blkio.throttle.read_iops_device"));
    Limits limits = new Limits(0, 0, 0, new Limits.InputOutput(1000, 0, 30, 0), 0, 0, 0, false);

    new GroupLimits(new JobGroup(Map.of("blkio", blkio)), limits, top.resolve("block").toFile())
        .writeAfter();

    assertThat(bytes).hasContent("254:0 1000");
    assertThat(operations).hasContent("254:0 30");
  }

  @Test
  void theThreadThatForksEntersAndLeavesOnce() throws Exception {
    Path job = group(combined.resolve(NAME).resolve("j1-1"));
    Cgroups cgroups = open();
    JobGroup group = cgroups.find(terms);

    try (Entrance _ = cgroups.enter(group, Set.of())) {
      assertThat(job.resolve("tasks")).hasContent("0");
    }
    assertThat(combined.resolve("tasks")).hasContent("0");
  }

  @Test
  void whatIsNotToBeEnteredIsNotByItsOtherNameEither() throws Exception {
    Path job = group(combined.resolve(NAME).resolve("j1-1"));
    Cgroups cgroups = open();

    try (Entrance _ = cgroups.enter(cgroups.find(terms), Set.of("cpu"))) {
      assertThat(job.resolve("tasks")).isEmptyFile();
    }
  }
}
