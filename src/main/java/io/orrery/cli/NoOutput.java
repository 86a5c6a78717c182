package io.orrery.cli;

import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;

/** For who wants only the end. */
final class NoOutput implements Output {
  @Override
  public void chunk(OutputChunk chunk) {}

  @Override
  public void gap(OutputGap gap) {}

  @Override
  public void job(Job job) {}

  @Override
  public void end(Job job) {}
}
