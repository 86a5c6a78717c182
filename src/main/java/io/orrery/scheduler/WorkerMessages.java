package io.orrery.scheduler;

import io.orrery.rpc.Times;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerDrain;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;

/** Workers in messages. */
final class WorkerMessages {
  private WorkerMessages() {}

  static WorkerState state(Node.State state) {
    return switch (state) {
      case ONLINE -> WorkerState.WORKER_STATE_ONLINE;
      case DRAINING -> WorkerState.WORKER_STATE_DRAINING;
      case UNREACHABLE -> WorkerState.WORKER_STATE_UNREACHABLE;
      case OFFLINE -> WorkerState.WORKER_STATE_OFFLINE;
    };
  }

  /** The worker as clients see it. */
  static WorkerNode of(Node node, Registry registry) {
    Node.Standing standing = node.standing();
    WorkerNode.Builder message =
        WorkerNode.newBuilder()
            .setWorkerId(node.id())
            .setWorker(description(node.profile()))
            .setState(state(node.state()))
            .setReason(standing.reason())
            .setRunningJobs(node.running())
            .setStateTime(Times.timestamp(standing.since()))
            .setUnfitReason(registry.unfit(node));
    registry.drain(node.name()).ifPresent(drain -> message.setDrain(drain(drain)));
    if (!standing.registerTime().equals(Node.Standing.NEVER)) {
      message
          .setRegisterTime(Times.timestamp(standing.registerTime()))
          .setHeartbeatTime(Times.timestamp(standing.heartbeatTime()));
    }
    return message.build();
  }

  private static WorkerDescription description(WorkerProfile profile) {
    return WorkerDescription.newBuilder()
        .setName(profile.name())
        .setAddress(profile.address().toString())
        .putAllLabels(profile.labels())
        .setSlots(profile.capacity().slots())
        .setVersion(profile.version())
        .setCpus(profile.capacity().cpus())
        .setMemoryBytes(profile.capacity().memoryBytes())
        .addAllEnforcedLimits(profile.capacity().enforcedLimits())
        .build();
  }

  private static WorkerDrain drain(Drain drain) {
    WorkerDrain.Builder message =
        WorkerDrain.newBuilder()
            .setReason(drain.reason())
            .setActor(drain.actor())
            .setCreateTime(Times.timestamp(drain.since()));
    if (drain.deadline() != null) {
      message.setDeadlineTime(Times.timestamp(drain.deadline()));
    }
    return message.build();
  }
}
