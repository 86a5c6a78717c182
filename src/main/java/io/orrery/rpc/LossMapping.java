package io.orrery.rpc;

import io.orrery.job.OutputLoss;

/** Losses of output in records and in messages. */
final class LossMapping {
  private LossMapping() {}

  static io.orrery.v1.OutputLoss toProto(OutputLoss loss) {
    io.orrery.v1.OutputLoss.Builder proto =
        io.orrery.v1.OutputLoss.newBuilder()
            .setErrno(loss.errno())
            .setStartTime(Times.timestamp(loss.start()))
            .setCertain(loss.certain());
    if (loss.end() != null) {
      proto.setEndTime(Times.timestamp(loss.end()));
    }
    return proto.build();
  }

  static OutputLoss fromProto(io.orrery.v1.OutputLoss loss) {
    return new OutputLoss(
        loss.getErrno(),
        Times.instant(loss.getStartTime()),
        loss.hasEndTime() ? Times.instant(loss.getEndTime()) : null,
        loss.getCertain());
  }
}
