package io.orrery.rpc;

import io.orrery.job.OutputRemoval;
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
              case OTHER -> RetentionRule.RETENTION_RULE_UNSPECIFIED;
            })
        .build();
  }

  static OutputRemoval fromProto(io.orrery.v1.OutputRemoval removal) {
    OutputRemoval.Rule rule =
        switch (removal.getRule()) {
          case RETENTION_RULE_AGE -> OutputRemoval.Rule.AGE;
          case RETENTION_RULE_JOBS -> OutputRemoval.Rule.JOBS;
          case RETENTION_RULE_BYTES -> OutputRemoval.Rule.BYTES;
          case RETENTION_RULE_UNSPECIFIED, UNRECOGNIZED -> OutputRemoval.Rule.OTHER;
        };
    return new OutputRemoval(Times.instant(removal.getRemoveTime()), rule);
  }
}
