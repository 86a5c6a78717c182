package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.orrery.rpc.Times;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The wall clock of programs that a test starts, which it sets while they run. */
final class WallClock {
  private static final Path SOURCE = Path.of("src/test/c/clock.c");

  private final Path library;
  private final Path file;
  private final MappedByteBuffer seconds;

  private WallClock(Path library, Path file, MappedByteBuffer seconds) {
    this.library = library;
    this.file = file;
    this.seconds = seconds;
  }

  /** Builds what the programs are to load; the clock is right at first. */
  static WallClock create(Path directory) throws Exception {
    Path library = directory.resolve("clock.so");
    compile(library);
    Path file = Files.createTempFile(directory, "clock", "");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer seconds = channel.map(MapMode.READ_WRITE, 0, Long.BYTES);
      seconds.order(ByteOrder.nativeOrder());
      return new WallClock(library, file, seconds);
    }
  }

  private static void compile(Path library) throws Exception {
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), SOURCE.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new AssertionError(
          "there is no C compiler; install it with: apt-get install gcc libc6-dev", e);
    }
    String said = new String(compiler.getInputStream().readAllBytes());
    assertThat(compiler.waitFor(Launched.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(compiler.exitValue())
        .as("%s; the headers come with: apt-get install libc6-dev", said)
        .isZero();
  }

  /** The variables that a program needs whose clock this is to be. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "TEST_WALL_CLOCK", file.toString());
  }

  /** Sets it so much ahead of the right time, at once. */
  void setAhead(Duration time) {
    seconds.putLong(0, time.toSeconds());
  }

  /** Whether it told this time not long ago, after it was set. */
  boolean shows(Timestamp time) {
    Instant now = Instant.now().plusSeconds(seconds.getLong(0));
    return Duration.between(Times.instant(time), now).abs().compareTo(Launched.PATIENCE) < 0;
  }
}
