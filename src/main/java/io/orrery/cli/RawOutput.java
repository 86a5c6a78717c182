package io.orrery.cli;

import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import java.io.IOException;

/** Each stream to its own of ours, byte for byte. */
final class RawOutput implements Output {
  private final Console console;

  RawOutput(Console console) {
    this.console = console;
  }

  @Override
  public void chunk(OutputChunk chunk) {
    java.io.OutputStream to =
        chunk.getStream() == OutputStream.OUTPUT_STREAM_STDERR ? console.err() : console.out();
    try {
      chunk.getData().writeTo(to);
      to.flush();
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  @Override
  public void gap(OutputGap gap) {
    console.say(JobText.gap(gap));
  }

  @Override
  public void job(Job job) {}

  @Override
  public void end(Job job) {}
}
