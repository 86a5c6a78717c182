package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.OutputRemoval;
import io.orrery.job.Reason;
import io.orrery.v1.RetentionRule;

/** Removals of output in records and in messages. */
final class RemovalMapping {
  private RemovalMapping() {}

  static io.orrery.v1.OutputRemoval toProto(OutputRemoval removal) {
    return io.orrery.v1.OutputRemoval.newBuilder()
        .setRemoveTime(Times.timestamp(removal.time()))
        .setRule(
            switch (removal.rule()) {
              case AGE -> RetentionRule.RETENTION_RULE_AGE;
              case JOBS -> RetentionRule.RETENTION_RULE_JOBS;
              case BYTES -> RetentionRule.RETENTION_RULE_BYTES;
            })
        .build();
  }

  static OutputRemoval fromProto(io.orrery.v1.OutputRemoval removal) {
    OutputRemoval.Rule rule =
        switch (removal.getRule()) {
          case RETENTION_RULE_AGE -> OutputRemoval.Rule.AGE;
          case RETENTION_RULE_JOBS -> OutputRemoval.Rule.JOBS;
          case RETENTION_RULE_BYTES -> OutputRemoval.Rule.BYTES;
          case RETENTION_RULE_UNSPECIFIED, UNRECOGNIZED ->
              throw new ApiException(
                  Reason.MALFORMED_MESSAGE, "output was removed by a rule that is not known here");
        };
    return new OutputRemoval(Times.instant(removal.getRemoveTime()), rule);
  }
}
