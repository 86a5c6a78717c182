package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.orrery.v1.WorkerDrain;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import org.junit.jupiter.api.Test;

class WorkerTextTest {
  private static final Timestamp SINCE = Timestamp.newBuilder().setSeconds(1_764_000_000).build();
  private static final Timestamp UNTIL = Timestamp.newBuilder().setSeconds(1_764_000_600).build();

  private static WorkerNode.Builder node(WorkerState state) {
    return WorkerNode.newBuilder().setState(state).setStateTime(SINCE).setRunningJobs(2);
  }

  @Test
  void oneThatIsAsItShouldBeIsShownWithoutATime() {
    assertThat(WorkerText.listed(node(WorkerState.WORKER_STATE_ONLINE).build()))
        .isEqualTo("ONLINE");
  }

  @Test
  void ofAnyOtherItIsToldSinceWhen() {
    WorkerNode silent =
        node(WorkerState.WORKER_STATE_UNREACHABLE).setReason("no heartbeat for 10 s").build();

    assertThat(WorkerText.listed(silent))
        .isEqualTo("UNREACHABLE since 2025-11-24T16:00:00Z (no heartbeat for 10 s)");
    assertThat(WorkerText.state(silent)).isEqualTo("UNREACHABLE (no heartbeat for 10 s)");
  }

  @Test
  void ofADrainItIsToldWhenItsJobsAreStopped() {
    WorkerNode drained =
        node(WorkerState.WORKER_STATE_DRAINING)
            .setReason("drained: new disk")
            .setDrain(WorkerDrain.newBuilder().setDeadlineTime(UNTIL))
            .build();

    assertThat(WorkerText.listed(drained))
        .isEqualTo(
            "DRAINING since 2025-11-24T16:00:00Z"
                + " (drained: new disk; running 2 until 2025-11-24T16:10:00Z)");
  }
}
