package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ClocksTest {
  /** In seconds, with two decimals. */
  private static double uptime() throws Exception {
    return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
  }

  @Test
  void theBootClockTellsHowLongTheHostHasBeenUp() throws Exception {
    double before = uptime();
    double told = Clocks.clock_gettime(Clocks.CLOCK_BOOTTIME) / 1e9;

    assertThat(told).isBetween(before, uptime() + 0.01);
  }

  @Test
  void thereIsNoClockOfAnUnknownNumber() {
    assertThatThrownBy(() -> Clocks.clock_gettime(999))
        .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.is(Errno.EINVAL)).isTrue());
  }
}
