package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code bin/orrery} in a process of its own, which asks the scheduler at a port. */
record Program(Path directory, int schedulerPort) {
  private static final long MINUTES = 3;

  /** What a command did: its exit code and the bytes that it wrote. */
  record Ran(int code, byte[] out, byte[] err) {
    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }

    String errors() {
      return new String(err, StandardCharsets.UTF_8);
    }
  }

  /** A command that runs, and where its output goes. */
  record Begun(Process process, Path out, Path err) implements AutoCloseable {
    Ran end() throws Exception {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
      return new Ran(process.exitValue(), Files.readAllBytes(out), Files.readAllBytes(err));
    }

    /** What it has written by now. */
    String text() throws IOException {
      return Files.readString(out);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  Begun begin(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(Installation.root().resolve("bin/orrery").toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("ORRERY_HOME", directory.toString());
    builder.environment().put("ORRERY_SERVER", "127.0.0.1:" + schedulerPort);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return new Begun(builder.start(), out, err);
  }

  Ran run(String... arguments) throws Exception {
    return begin(arguments).end();
  }
}
