package io.orrery.cli;

import io.orrery.v1.JobSpec;
import io.orrery.v1.Limits;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** What a job may use at the most, for people. */
final class LimitText {
  private LimitText() {}

  /** By what is limited; empty texts for what is not. */
  static Map<String, String> lines(JobSpec spec) {
    Limits limits = spec.getLimits();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("memory", size(limits.getMemoryBytes()));
    lines.put("cpus", limits.getCpus() > 0 ? "at most " + limits.getCpus() : "");
    lines.put("pids", number(limits.getPids()));
    lines.put(
        "reads", rates(limits.getIoReadBytesPerSecond(), limits.getIoReadOperationsPerSecond()));
    lines.put(
        "writes", rates(limits.getIoWriteBytesPerSecond(), limits.getIoWriteOperationsPerSecond()));
    lines.put("files", limits.getOpenFiles() > 0 ? number(limits.getOpenFiles()) + " open" : "");
    lines.put("file size", size(limits.getFileSizeBytes()));
    lines.put("nice", limits.getNice() == 0 ? "" : Integer.toString(limits.getNice()));
    lines.put("privileges", limits.getNoNewPrivileges() ? "no new ones" : "");
    lines.put("streams", output(spec.getOutput()));
    return lines;
  }

  private static String size(long bytes) {
    return bytes > 0 ? "at most " + SizeDisplay.of(bytes) : "";
  }

  private static String number(long most) {
    return most > 0 ? "at most " + most : "";
  }

  private static String rates(long bytes, long operations) {
    StringJoiner rates = new StringJoiner(" and ", "at most ", " a second").setEmptyValue("");
    if (bytes > 0) {
      rates.add(SizeDisplay.of(bytes));
    }
    if (operations > 0) {
      rates.add(operations + " operations");
    }
    return rates.toString();
  }

  private static String output(OutputPolicy policy) {
    if (policy.getMaxStreamBytes() == 0) {
      return "";
    }
    boolean keepsTail = policy.getLimitPolicy() == OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL;
    return size(policy.getMaxStreamBytes())
        + " each, then "
        + (keepsTail ? "the oldest bytes go" : "the job is stopped");
  }
}
