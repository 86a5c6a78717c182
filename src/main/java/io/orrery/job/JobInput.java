package io.orrery.job;

import java.util.Arrays;

/** A job's standard input: where it comes from, and the bytes where they came with the request. */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and on the way out
public record JobInput(StdinMode mode, byte[] bytes) {
  public static final JobInput NONE = new JobInput(StdinMode.NONE, new byte[0]);

  public JobInput {
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobInput input
        && mode == input.mode
        && Arrays.equals(bytes, input.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * mode.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return mode + "[" + bytes.length + " bytes]";
  }
}
