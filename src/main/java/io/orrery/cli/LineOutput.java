package io.orrery.cli;

import com.google.protobuf.ByteString;
import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Whole lines with a prefix each, so that those of many jobs do not mix; the bytes of a line are as
 * the job wrote them. A last line without an end gets one, and so does one of more than 1 MiB.
 */
final class LineOutput implements Output {
  private static final int LONGEST_LINE = 1 << 20;

  private final Console console;
  private final Function<OutputChunk, String> prefix;
  private final Lines stdout;
  private final Lines stderr;

  /**
   * @param prefix asked once a line, with the chunk that the line begins in
   */
  LineOutput(Console console, Function<OutputChunk, String> prefix) {
    this.console = console;
    this.prefix = prefix;
    this.stdout = new Lines(console.out());
    this.stderr = new Lines(console.err());
  }

  /** The lines of one stream. */
  private static final class Lines {
    final java.io.OutputStream to;
    final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(java.io.OutputStream to) {
      this.to = to;
    }

    void flush() {
      if (line.size() > 0) {
        line.write('\n');
        Console.write(to, line.toByteArray());
        line.reset();
      }
    }
  }

  @Override
  public void chunk(OutputChunk chunk) {
    Lines lines = chunk.getStream() == OutputStream.OUTPUT_STREAM_STDERR ? stderr : stdout;
    ByteString data = chunk.getData();
    ByteArrayOutputStream whole = new ByteArrayOutputStream(data.size() + 64);
    for (int i = 0; i < data.size(); i++) {
      if (lines.line.size() == 0) {
        lines.line.writeBytes(prefix.apply(chunk).getBytes(StandardCharsets.UTF_8));
      }
      byte next = data.byteAt(i);
      lines.line.write(next);
      boolean end = next == '\n';
      if (!end && lines.line.size() >= LONGEST_LINE) {
        lines.line.write('\n');
        end = true;
      }
      if (end) {
        whole.writeBytes(lines.line.toByteArray());
        lines.line.reset();
      }
    }
    if (whole.size() > 0) {
      Console.write(lines.to, whole.toByteArray());
    }
  }

  @Override
  public void gap(OutputGap gap) {
    console.say(JobText.gap(gap));
  }

  @Override
  public void job(Job job) {}

  @Override
  public void end(Job job) {
    stdout.flush();
    stderr.flush();
  }
}
