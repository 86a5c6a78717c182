package io.orrery.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The installation that {@code mvn package} has made, which must be of the classes under test. */
final class Installation {
  private static final String REMEDY = "; make it with: mvn -q -B -DskipTests package";
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private Installation() {}

  /** The directory with {@code bin} and {@code lib}. */
  static Path root() throws IOException {
    List<Path> jars;
    try (Stream<Path> entries = Files.list(TARGET)) {
      jars =
          entries
              .map(entry -> entry.resolve("lib/orrery.jar"))
              .filter(Files::isRegularFile)
              .toList();
    }
    if (jars.size() != 1) {
      throw new AssertionError(
          "there is not one installation below target, but " + jars.size() + REMEDY);
    }
    Path root = jars.getFirst().getParent().getParent();
    Path built = TARGET.resolve(root.getFileName() + ".jar");
    if (Files.mismatch(built, jars.getFirst()) != -1 || isOlderThanTheClasses(built)) {
      throw new AssertionError(root + " is not of the classes under test" + REMEDY);
    }
    return root;
  }

  private static boolean isOlderThanTheClasses(Path jar) throws IOException {
    long made = Files.getLastModifiedTime(jar).toMillis();
    try (Stream<Path> classes = Files.walk(TARGET.resolve("classes"))) {
      return classes
          .filter(file -> file.toString().endsWith(".class"))
          .anyMatch(file -> file.toFile().lastModified() > made);
    }
  }
}
