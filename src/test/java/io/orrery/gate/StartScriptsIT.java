package io.orrery.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of bin/ in an installation whose JDKs only print what they were given. */
final class StartScriptsIT {
  private record Outcome(int exit, List<String> out, String err) {}

  @TempDir private Path directory;
  private Path root;
  private Path lib;

  @BeforeEach
  void install() throws IOException {
    root = Files.createDirectory(directory.resolve("an installation"));
    lib = Files.createDirectory(root.resolve("lib"));
    Files.writeString(lib.resolve("orrery.jar"), "jar");
    Path bin = Files.createDirectory(root.resolve("bin"));
    try (Stream<Path> scripts = Files.list(Path.of("bin"))) {
      for (Path script : scripts.toList()) {
        Files.copy(script, bin.resolve(script.getFileName().toString()));
      }
    }
  }

  @Test
  void argumentsArriveAsTheyAre() throws Exception {
    Outcome run = run(Map.of("JAVA_HOME", jdk("25.0.1")), "orrery", "run", "--", "a b", "", "*");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .endsWith("io.orrery.cli.Main", "run", "--", "a b", "", "*")
        .containsSequence("-cp", lib + "/orrery.jar")
        .contains("home=" + root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"25", "25.0.1", "26.0.1", "30-ea"})
  void aNewEnoughJavaHomeIsUsed(String version) throws Exception {
    Outcome run = run(Map.of("JAVA_HOME", jdk(version)), "orrery", "status");

    assertThat(run.out()).contains("java=" + version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"24.0.2", "17.0.15", "1.8.0_412", "", "x"})
  void anOldOrStrangeJavaHomeIsPassedOver(String version) throws Exception {
    String path = jdk("25.0.9") + "/bin:/usr/bin:/bin";

    Outcome run = run(Map.of("JAVA_HOME", jdk(version), "PATH", path), "orrery", "status");

    assertThat(run.out()).contains("java=25.0.9");
  }

  @Test
  void aJavaHomeThatIsNotThereIsPassedOver() throws Exception {
    String path = jdk("25.0.9") + "/bin:/usr/bin:/bin";

    Outcome run = run(Map.of("JAVA_HOME", "/nowhere", "PATH", path), "orrery", "status");

    assertThat(run.out()).contains("java=25.0.9");
  }

  @Test
  void orreryJavaGoesBeforeJavaHome() throws Exception {
    Map<String, String> environment =
        Map.of("JAVA_HOME", jdk("25.0.1"), "ORRERY_JAVA", jdk("25.0.2") + "/bin/java");

    assertThat(run(environment, "orrery", "status").out()).contains("java=25.0.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"orrery 125", "vertx 78"})
  void anOrreryJavaThatIsNoneIsNamed(String scriptAndExit) throws Exception {
    String script = scriptAndExit.split(" ", -1)[0];

    Outcome run = run(Map.of("ORRERY_JAVA", "/nowhere/java"), script, "status");

    assertThat(run.exit()).isEqualTo(Integer.parseInt(scriptAndExit.split(" ", -1)[1]));
    assertThat(run.err()).startsWith(script + ": ").contains("/nowhere/java");
  }

  @Test
  void theJdkOfTheStartUpCacheGoesBeforeThePath() throws Exception {
    Files.writeString(lib.resolve("orrery.jdk"), jdk("25.0.3") + "\n");

    Outcome run = run(Map.of("PATH", jdk("25.0.4") + "/bin:/usr/bin:/bin"), "orrery", "status");

    assertThat(run.out()).contains("java=25.0.3");
  }

  /** A cache of each kind, made by that JDK. */
  private void makeCaches(String jdk) throws IOException {
    for (String name : List.of("orrery", "scheduler", "worker")) {
      Files.writeString(lib.resolve(name + ".aot"), "cache");
    }
    Files.createLink(lib.resolve("orrery.aot.jar"), lib.resolve("orrery.jar"));
    Files.writeString(lib.resolve("orrery.jdk"), jdk + "\n");
  }

  private String cache(String name) {
    return "-XX:AOTCache=" + lib + "/" + name + ".aot";
  }

  @Test
  void theStartUpCacheIsUsedOnlyForTheJarItWasMadeFrom() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("25"));
    Path jar = lib.resolve("orrery.jar");
    makeCaches(jdk("25"));
    assertThat(run(environment, "orrery", "status").out()).contains(cache("orrery"));

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run(environment, "orrery", "status").out()).doesNotContain(cache("orrery"));

    Files.delete(jar);
    Files.writeString(jar, "another jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    assertThat(run(environment, "orrery", "status").out()).doesNotContain(cache("orrery"));
  }

  @Test
  void theStartUpCacheIsUsedOnlyByTheJdkThatMadeIt() throws Exception {
    makeCaches(jdk("25.0.3"));

    assertThat(run(Map.of("JAVA_HOME", jdk("25.0.3")), "vertx", "run", "WorkerVerticle").out())
        .contains(cache("worker"));
    assertThat(run(Map.of("JAVA_HOME", jdk("26")), "vertx", "run", "WorkerVerticle").out())
        .noneMatch(argument -> argument.contains("Cache") || argument.contains("Archive"));
  }

  @Test
  void eachServerHasAStartUpCacheOfItsOwn() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("25"));
    makeCaches(jdk("25"));

    assertThat(run(environment, "vertx", "run", "SchedulerVerticle", "-conf", "worker").out())
        .contains(cache("scheduler"));
    assertThat(run(environment, "orrery", "worker").out()).contains(cache("worker"));
    assertThat(run(environment, "vertx", "run", "SchedulerVerticle", "-cluster").out())
        .noneMatch(argument -> argument.startsWith("-XX:AOTCache"));
  }

  @Test
  void whoMakesACacheOfHisOwnGetsNoOther() throws Exception {
    makeCaches(jdk("25"));
    String own = "-XX:AOTCacheOutput=own.aot";

    assertThat(
            run(
                    Map.of("JAVA_HOME", jdk("25"), "ORRERY_JAVA_OPTS", own),
                    "vertx",
                    "run",
                    "WorkerVerticle")
                .out())
        .contains(own)
        .doesNotContain(cache("worker"));
  }

  @Test
  void aServerLogsAndACommandLoadsNoLogging() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("25"));
    String quiet = "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider";

    assertThat(run(environment, "orrery", "status").out()).contains(quiet);
    assertThat(run(environment, "orrery", "scheduler").out()).doesNotContain(quiet);
    assertThat(run(environment, "orrery", "workers").out()).contains(quiet);
  }

  @Test
  void filesOfTheConfigurationAreFoundBeforeOursWhereTheyReplaceThem() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("25"));
    Path conf = Files.createDirectory(root.resolve("conf"));
    makeCaches(jdk("25"));
    String jar = lib + "/orrery.jar";
    assertThat(run(environment, "orrery", "scheduler").out())
        .containsSequence("-cp", jar + ":" + conf);
    assertThat(run(environment, "orrery", "scheduler", "--cluster").out())
        .containsSequence("-cp", conf + ":" + jar);

    Files.writeString(conf.resolve("logback.xml"), "<configuration/>");

    assertThat(run(environment, "vertx", "run", "WorkerVerticle").out())
        .containsSequence("-cp", conf + ":" + jar)
        .doesNotContain(cache("worker"));
  }

  @Test
  void packagesAreOpenedOnlyForACluster() throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk("25"));

    assertThat(run(environment, "vertx", "run", "SchedulerVerticle").out())
        .doesNotContain("--add-opens")
        .endsWith("io.orrery.cli.VertxLauncher", "run", "SchedulerVerticle");
    assertThat(run(environment, "vertx", "run", "SchedulerVerticle", "-cluster").out())
        .contains("--add-opens");
    assertThat(run(environment, "orrery", "worker", "--cluster").out()).contains("--add-opens");
  }

  @Test
  void theInstallationIsFoundThroughSymbolicLinks() throws Exception {
    Path links = Files.createDirectory(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("first"), root.resolve("bin/orrery"));
    Path second = Files.createSymbolicLink(links.resolve("orrery"), Path.of("first"));

    Outcome run = exec(Map.of("JAVA_HOME", jdk("25")), List.of(second.toString(), "ps"));

    assertThat(run.out()).contains("home=" + root).endsWith("ps");
  }

  @Test
  void anIncompleteInstallationSaysSo() throws Exception {
    Files.delete(lib.resolve("orrery.jar"));

    Outcome run = run(Map.of("JAVA_HOME", jdk("25")), "orrery", "status");

    assertThat(run.exit()).isEqualTo(125);
    assertThat(run.err()).startsWith("orrery: ").contains("lib/orrery.jar is missing");
  }

  @Test
  void aSourceTreeThatIsNotBuiltSaysHowToBuildIt() throws Exception {
    Files.delete(lib.resolve("orrery.jar"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");

    Outcome run = run(Map.of("JAVA_HOME", jdk("25")), "vertx", "run", "WorkerVerticle");

    assertThat(run.exit()).isEqualTo(78);
    assertThat(run.err()).contains("mvn -q -B -DskipTests package").contains(root.toString());
  }

  @Test
  void demoBuildsWhatIsMissing() throws Exception {
    Files.createDirectories(root.resolve("target/orrery-1/lib"));
    Files.move(lib.resolve("orrery.jar"), directory.resolve("orrery.jar"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Path tools = Files.createDirectory(directory.resolve("tools"));
    program(
        tools.resolve("mvn"),
        "echo '[INFO] --- jar:3:jar (default-jar) @ orrery ---'",
        "mv '" + directory + "/orrery.jar' '" + root + "/target/orrery-1/lib/orrery.jar'");
    String path = tools + ":" + jdk("25") + "/bin:/usr/bin:/bin";

    Outcome run = run(Map.of("PATH", path), "orrery", "demo");

    assertThat(run.out()).endsWith("io.orrery.cli.Main", "demo");
    assertThat(run.err()).contains("orrery: not built yet", "jar:3:jar (default-jar)");
  }

  @Test
  void demoTellsWhyABuildFailed() throws Exception {
    Files.delete(lib.resolve("orrery.jar"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Path tools = Files.createDirectory(directory.resolve("tools"));
    program(tools.resolve("mvn"), "echo '[ERROR] out of cheese'", "exit 1");
    String path = tools + ":" + jdk("25") + "/bin:/usr/bin:/bin";

    Outcome run = run(Map.of("PATH", path), "orrery", "demo");

    assertThat(run.exit()).isEqualTo(125);
    assertThat(run.err()).contains("[ERROR] out of cheese", "target/build.log");
  }

  /** Makes a JDK of that version, and returns its directory. */
  private String jdk(String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve("jdk-" + version));
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    program(
        bin.resolve("java"), "printf '%s\\n' 'java=" + version + "' \"home=$ORRERY_HOME\" \"$@\"");
    return home.toString();
  }

  private static void program(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Outcome run(Map<String, String> environment, String script, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(root.resolve("bin").resolve(script).toString()));
    command.addAll(List.of(arguments));
    return exec(environment, command);
  }

  private Outcome exec(Map<String, String> environment, List<String> command) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
    String text = Files.readString(out, StandardCharsets.UTF_8);
    return new Outcome(process.exitValue(), text.lines().toList(), Files.readString(err));
  }
}
