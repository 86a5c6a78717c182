package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of src/test/node/client.js, which a client of another making makes. */
final class NodeClientIT {
  private static final Path SOURCE = Path.of("src/test/node");
  private static final Path PLACE = Path.of("target/node");
  private static final String LOCK = "package-lock.json";
  private static final int RANDOM_BYTES = 3_000_001;

  @TempDir private Path directory;
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.start(directory);
    fleet.startWorker("w1");
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
  }

  @Test
  void aClientThatKnowsOnlyTheProtoFilesCanDoAll() throws Exception {
    install();
    byte[] bytes = new byte[RANDOM_BYTES];
    new Random(1).nextBytes(bytes);
    Path random = Files.write(directory.resolve("random"), bytes);

    String text =
        run(
            "node",
            "client.js",
            "--proto=" + Path.of("src/main/proto").toAbsolutePath(),
            "--server=localhost:" + fleet.schedulerPort(),
            "--certs=" + directory.resolve("certs"),
            "--random=" + random);

    assertThat(text).endsWith("all 13 ok");
  }

  /** Fetches the libraries of the lock file into target, unless they are there. */
  private static void install() throws Exception {
    Files.createDirectories(PLACE);
    boolean installed =
        Files.exists(PLACE.resolve("node_modules/.package-lock.json"))
            && Files.exists(PLACE.resolve(LOCK))
            && Files.mismatch(SOURCE.resolve(LOCK), PLACE.resolve(LOCK)) == -1;
    for (String file : List.of("package.json", LOCK, "client.js")) {
      Files.copy(SOURCE.resolve(file), PLACE.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!installed) {
      run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    }
  }

  /** Runs it to its end, which must be a success; answers with what it printed. */
  private static String run(String... command) throws Exception {
    try (Launched program = Launched.start(PLACE, Map.of(), List.of(command))) {
      assertThat(program.exitCode()).as(program.text()).isZero();
      return program.text();
    } catch (IOException missing) {
      throw new AssertionError(
          command[0] + " is missing; install it with: apt-get install nodejs npm", missing);
    }
  }
}
