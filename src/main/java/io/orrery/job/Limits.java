package io.orrery.job;

/** What a job may use; 0 is 'no limit'. Units and ranges are those of {@code orrery.v1.Limits}. */
public record Limits(
    long memoryBytes,
    double cpus,
    long pids,
    InputOutput io,
    long openFiles,
    long fileSizeBytes,
    int nice,
    boolean noNewPrivileges) {

  /** The most bytes and operations a second on block devices. */
  public record InputOutput(
      long readBytesPerSecond,
      long writeBytesPerSecond,
      long readOperationsPerSecond,
      long writeOperationsPerSecond) {
    public static final InputOutput NONE = new InputOutput(0, 0, 0, 0);

    public boolean limitsReads() {
      return readBytesPerSecond != 0 || readOperationsPerSecond != 0;
    }

    public boolean limitsWrites() {
      return writeBytesPerSecond != 0 || writeOperationsPerSecond != 0;
    }
  }

  /** Nothing is limited. */
  public static final Limits NONE = new Limits(0, 0, 0, InputOutput.NONE, 0, 0, 0, false);
}
