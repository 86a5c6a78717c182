package io.orrery.job;

/** One of the two streams that a job writes. */
public enum StandardStream {
  STDOUT("stdout"),
  STDERR("stderr");

  private final String fileName;

  StandardStream(String fileName) {
    this.fileName = fileName;
  }

  /** The name of its file in the job directory. */
  public String fileName() {
    return fileName;
  }
}
