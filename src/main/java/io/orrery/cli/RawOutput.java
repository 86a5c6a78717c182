package io.orrery.cli;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.UnsafeByteOperations;
import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;

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
      UnsafeByteOperations.unsafeWriteTo(chunk.getData(), new Direct(to));
      to.flush();
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }

  /** Writes the bytes of a chunk without a copy of them. */
  private static final class Direct extends ByteOutput {
    private final java.io.OutputStream to;

    Direct(java.io.OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(byte value) throws IOException {
      to.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
    }

    @Override
    public void writeLazy(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      Channels.newChannel(to).write(bytes);
    }

    @Override
    public void writeLazy(ByteBuffer bytes) throws IOException {
      write(bytes);
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
