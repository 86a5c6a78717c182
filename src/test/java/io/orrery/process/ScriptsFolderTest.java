package io.orrery.process;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.ScriptLookup.Found;
import io.orrery.process.ScriptLookup.NotAllowed;
import io.orrery.process.ScriptLookup.NotFound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptsFolderTest {
  @TempDir Path root;
  private Path scripts;
  private ScriptsFolder folder;

  @BeforeEach
  void fill() throws Exception {
    scripts = root.resolve("scripts");
    Files.createDirectories(scripts.resolve("deep/er"));
    folder = new ScriptsFolder(scripts);
    Files.writeString(root.resolve("secret.sh"), "");
    Files.createDirectory(root.resolve("scripts-of-others"));
    Files.writeString(root.resolve("scripts-of-others/x.sh"), "");
    Files.writeString(scripts.resolve("count.sh"), "");
    Files.writeString(scripts.resolve("deep/er/x.sh"), "");
    Files.createSymbolicLink(scripts.resolve("inside"), Path.of("deep/er/x.sh"));
    Files.createSymbolicLink(scripts.resolve("outside"), Path.of("../secret.sh"));
    Files.createSymbolicLink(scripts.resolve("absolute"), root.resolve("secret.sh"));
    Files.createSymbolicLink(scripts.resolve("sibling"), root.resolve("scripts-of-others"));
    Files.createSymbolicLink(scripts.resolve("magic"), Path.of("/proc/self/cwd"));
    Files.createSymbolicLink(scripts.resolve("hop"), Path.of("outside"));
    Files.createSymbolicLink(scripts.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(scripts.resolve("dangling"), Path.of("no-such"));
  }

  /** JUnit would warn of a link out of its temporary directory. */
  @AfterEach
  void unlink() throws Exception {
    Files.delete(scripts.resolve("magic"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"count.sh", "./count.sh", "deep/er/x.sh", "deep//er/x.sh", "inside"})
  void aFileInTheFolderIsFoundByItsRealPath(String path) throws Exception {
    Path real = scripts.resolve(path).toRealPath();

    assertThat(folder.resolve(path)).isEqualTo(new Found(real));
    assertThat(folder.byRealPath(path)).isEqualTo(new Found(real));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "outside",
        "absolute",
        "hop",
        "magic",
        "magic/x",
        "sibling/x.sh",
        "sibling",
        "loop"
      })
  void aLinkLeadsNowhereElse(String path) {
    assertThat(folder.resolve(path)).isInstanceOf(NotAllowed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"outside", "absolute", "hop", "sibling/x.sh"})
  void theOlderWayRefusesTheSameLinks(String path) throws Exception {
    assertThat(folder.byRealPath(path)).isInstanceOf(NotAllowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "//etc/passwd",
        "..",
        "../secret.sh",
        "deep/../count.sh",
        "deep/../../secret.sh",
        "count.sh\0.txt",
        ".",
        "deep",
        "deep/",
        "./"
      })
  void whatIsNoPathOfAScriptIsNotAllowed(String path) {
    assertThat(folder.resolve(path)).isInstanceOf(NotAllowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "absent.sh",
        "deep/absent",
        "count.sh/x",
        "count.sh/",
        "dangling",
        "...",
        "*.sh",
        "Count.sh",
        "\u0441ount.sh",
        "count.sh\n",
        "count.sh "
      })
  void whatIsNotThereIsNotFound(String path) {
    assertThat(folder.resolve(path)).isInstanceOf(NotFound.class);
  }

  @Test
  void anythingButARegularFileIsNotAllowed() throws Exception {
    new ProcessBuilder("mkfifo", scripts.resolve("fifo").toString()).start().waitFor();
    Files.createDirectory(scripts.resolve("directory"));
    Files.createSymbolicLink(scripts.resolve("device"), Path.of("/dev/null"));

    assertThat(folder.resolve("fifo")).isInstanceOf(NotAllowed.class);
    assertThat(folder.resolve("directory")).isInstanceOf(NotAllowed.class);
    assertThat(folder.resolve("device")).isInstanceOf(NotAllowed.class);
    Files.delete(scripts.resolve("device")); // JUnit would warn of it
  }

  @Test
  void aNameThatIsTooLongForTheKernelIsNotAllowed() {
    assertThat(folder.resolve("x".repeat(256))).isInstanceOf(NotAllowed.class);
    assertThat(folder.resolve("x/".repeat(2048) + "x")).isInstanceOf(NotAllowed.class);
  }

  @Test
  void aLinkThatIsPutInThePlaceOfAScriptIsNeverFollowed() throws Exception {
    Path swapped = scripts.resolve("swapped");
    AtomicBoolean stop = new AtomicBoolean();
    Thread swapper = Thread.ofPlatform().start(() -> swap(swapped, stop));
    try {
      for (int i = 0; i < 2000; i++) {
        if (folder.resolve("swapped") instanceof Found found) {
          assertThat(found.file()).isEqualTo(scripts.toRealPath().resolve("swapped"));
        }
      }
    } finally {
      stop.set(true);
      swapper.join();
    }
  }

  /** A file and a link that leads out, in turns. */
  private void swap(Path place, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        Path link = scripts.resolve("link.new");
        Files.createSymbolicLink(link, Path.of("../secret.sh"));
        Files.move(link, place, ATOMIC_MOVE);
        Path file = Files.writeString(scripts.resolve("file.new"), "");
        Files.move(file, place, ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFolderThatIsALinkMayBeGiven() throws Exception {
    Path link = Files.createSymbolicLink(root.resolve("link"), scripts);

    assertThat(new ScriptsFolder(link).resolve("count.sh"))
        .isEqualTo(new Found(scripts.toRealPath().resolve("count.sh")));
  }

  @Test
  void aMissingFolderHasNoScripts() {
    assertThat(new ScriptsFolder(root.resolve("absent")).resolve("x")).isInstanceOf(NotFound.class);
  }
}
