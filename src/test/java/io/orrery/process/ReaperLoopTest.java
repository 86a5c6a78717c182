package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Epoll;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReaperLoopTest {
  @Test
  void whatIsGivenAfterTheCloseWakesNobodyWhoHasTheDescriptorNow() throws Exception {
    ReaperLoop loop = new ReaperLoop();
    loop.close();
    List<Integer> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        strangers.add(Epoll.eventfd());
      }

      loop.execute(() -> {});

      for (int stranger : strangers) {
        assertThat(Epoll.eventfd_read(stranger)).isZero();
      }
    } finally {
      for (int stranger : strangers) {
        Descriptors.close(stranger);
      }
    }
  }
}
