package io.orrery.cli;

import com.google.protobuf.ByteString;

/**
 * Finds the words to us in what is typed into a job's terminal, as ssh does: at the beginning of a
 * line, {@code ~.} leaves, {@code ~?} tells what there is, and {@code ~~} is one {@code ~}.
 */
final class EscapeFilter {
  private static final byte ESCAPE = '~';

  private final Listener listener;
  private boolean enabled;
  private boolean lineBegins = true;
  private boolean escaped;

  /** Who is spoken to. */
  interface Listener {
    void leave();

    void help();
  }

  EscapeFilter(Listener listener) {
    this.listener = listener;
    this.enabled = true;
  }

  private EscapeFilter() {
    this(
        new Listener() {
          @Override
          public void leave() {}

          @Override
          public void help() {}
        });
    enabled = false;
  }

  /** All bytes are the job's. */
  static EscapeFilter none() {
    return new EscapeFilter();
  }

  /** What is for the job of the first so many bytes. */
  ByteString pass(byte[] bytes, int count) {
    if (!enabled) {
      return ByteString.copyFrom(bytes, 0, count);
    }
    ByteString.Output out = ByteString.newOutput(count + 1);
    for (int i = 0; i < count; i++) {
      pass(bytes[i], out);
    }
    return out.toByteString();
  }

  private void pass(byte typed, ByteString.Output out) {
    if (escaped) {
      escaped = false;
      switch (typed) {
        case '.' -> listener.leave();
        case '?' -> listener.help();
        case ESCAPE -> put(typed, out);
        default -> {
          put(ESCAPE, out);
          put(typed, out);
        }
      }
    } else if (lineBegins && typed == ESCAPE) {
      escaped = true;
    } else {
      put(typed, out);
    }
  }

  private void put(byte typed, ByteString.Output out) {
    out.write(typed);
    lineBegins = typed == '\r' || typed == '\n';
  }
}
