package io.orrery.rpc;

import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.StdinMode;
import io.orrery.job.TerminalRequest;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.Terminal;
import io.orrery.v1.TerminalSize;

/** The parts of a spec that are messages or enums of their own. */
final class SpecParts {
  private static final int DEFAULT_ROWS = 24;
  private static final int DEFAULT_COLUMNS = 80;
  private static final String DEFAULT_TERM = "xterm-256color";

  private SpecParts() {}

  static boolean isNone(io.orrery.v1.StdinMode mode) {
    return mode == io.orrery.v1.StdinMode.STDIN_MODE_UNSPECIFIED
        || mode == io.orrery.v1.StdinMode.STDIN_MODE_NONE;
  }

  /** Unspecified is BYTES: asked only where there are bytes. */
  static StdinMode stdinMode(io.orrery.v1.StdinMode mode) {
    return switch (mode) {
      case STDIN_MODE_UNSPECIFIED, STDIN_MODE_BYTES, UNRECOGNIZED -> StdinMode.BYTES;
      case STDIN_MODE_NONE -> StdinMode.NONE;
      case STDIN_MODE_LIVE -> StdinMode.LIVE;
    };
  }

  static io.orrery.v1.StdinMode stdinMode(StdinMode mode) {
    return switch (mode) {
      case NONE -> io.orrery.v1.StdinMode.STDIN_MODE_NONE;
      case BYTES -> io.orrery.v1.StdinMode.STDIN_MODE_BYTES;
      case LIVE -> io.orrery.v1.StdinMode.STDIN_MODE_LIVE;
    };
  }

  static Limits limits(io.orrery.v1.Limits proto) {
    return new Limits(
        proto.getMemoryBytes(),
        proto.getCpus(),
        proto.getPids(),
        new Limits.InputOutput(
            proto.getIoReadBytesPerSecond(),
            proto.getIoWriteBytesPerSecond(),
            proto.getIoReadOperationsPerSecond(),
            proto.getIoWriteOperationsPerSecond()),
        proto.getOpenFiles(),
        proto.getFileSizeBytes(),
        proto.getNice(),
        proto.getNoNewPrivileges());
  }

  static io.orrery.v1.Limits limits(Limits limits) {
    return io.orrery.v1.Limits.newBuilder()
        .setMemoryBytes(limits.memoryBytes())
        .setCpus(limits.cpus())
        .setPids(limits.pids())
        .setIoReadBytesPerSecond(limits.io().readBytesPerSecond())
        .setIoWriteBytesPerSecond(limits.io().writeBytesPerSecond())
        .setIoReadOperationsPerSecond(limits.io().readOperationsPerSecond())
        .setIoWriteOperationsPerSecond(limits.io().writeOperationsPerSecond())
        .setOpenFiles(limits.openFiles())
        .setFileSizeBytes(limits.fileSizeBytes())
        .setNice(limits.nice())
        .setNoNewPrivileges(limits.noNewPrivileges())
        .build();
  }

  static OutputPolicy output(io.orrery.v1.OutputPolicy proto) {
    return new OutputPolicy(
        proto.getMaxStreamBytes(),
        proto.getLimitPolicy() == OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL
            ? OutputPolicy.Limit.KEEP_TAIL
            : OutputPolicy.Limit.STOP,
        Times.durationIf(proto.hasRetention(), proto.getRetention()));
  }

  static io.orrery.v1.OutputPolicy output(OutputPolicy output) {
    io.orrery.v1.OutputPolicy.Builder proto =
        io.orrery.v1.OutputPolicy.newBuilder()
            .setMaxStreamBytes(output.maxStreamBytes())
            .setLimitPolicy(
                switch (output.limit()) {
                  case STOP -> OutputLimitPolicy.OUTPUT_LIMIT_POLICY_STOP;
                  case KEEP_TAIL -> OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL;
                });
    if (output.retention() != null) {
      proto.setRetention(Times.duration(output.retention()));
    }
    return proto.build();
  }

  static TerminalRequest terminal(Terminal proto) {
    return new TerminalRequest(
        proto.hasSize() ? proto.getSize().getRows() : DEFAULT_ROWS,
        proto.hasSize() ? proto.getSize().getColumns() : DEFAULT_COLUMNS,
        proto.getTerm().isEmpty() ? DEFAULT_TERM : proto.getTerm());
  }

  static Terminal terminal(TerminalRequest terminal) {
    return Terminal.newBuilder()
        .setSize(TerminalSize.newBuilder().setRows(terminal.rows()).setColumns(terminal.columns()))
        .setTerm(terminal.term())
        .build();
  }
}
