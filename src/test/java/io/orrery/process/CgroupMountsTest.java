package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupMountsTest {
  @Test
  void ofAHybridHostAreOneOfVersion2AndOneForEachControllerOfVersion1() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 29 0:26 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            33 29 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            38 29 0:34 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
            39 29 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """,
            """
            9:name=systemd:/
            4:memory:/process_api/5a82
            2:cpu,cpuacct:/
            0::/user.slice
            """);

    assertThat(mounts.unified()).isEqualTo(Path.of("/sys/fs/cgroup/unified/user.slice"));
    assertThat(mounts.controllers())
        .isEqualTo(
            Map.of(
                "memory", Path.of("/sys/fs/cgroup/memory/process_api/5a82"),
                "cpu", Path.of("/sys/fs/cgroup/cpu"),
                "cpuacct", Path.of("/sys/fs/cgroup/cpu"),
                "name=systemd", Path.of("/sys/fs/cgroup/systemd")));
  }

  @Test
  void ofAHostOfVersion2IsOne() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
            "0::/system.slice/orrery worker.service\n");

    assertThat(mounts.unified())
        .isEqualTo(Path.of("/sys/fs/cgroup/system.slice/orrery worker.service"));
    assertThat(mounts.controllers()).isEmpty();
  }

  @Test
  void inAContainerStartWhereTheMountDoes() {
    CgroupMounts mounts =
        CgroupMounts.parse(
            """
            29 23 0:26 /docker/ab /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            30 23 0:26 /docker/ab /sys/fs/cgroup/my\\040group rw - cgroup2 cgroup2 rw
            """,
            "3:pids:/docker/ab/inner\n0::/../..\n");

    assertThat(mounts.controllers())
        .isEqualTo(Map.of("pids", Path.of("/sys/fs/cgroup/pids/inner")));
    assertThat(mounts.unified()).isEqualTo(Path.of("/sys/fs/cgroup/my group"));
  }

  @Test
  void areNoneWhereThereAreNoCgroups() {
    CgroupMounts mounts = CgroupMounts.parse("22 1 254:0 / / rw - ext4 /dev/vda rw\n", "");

    assertThat(mounts.unified()).isNull();
    assertThat(mounts.controllers()).isEmpty();
  }
}
