package io.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {
  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("worker.json");
  }

  @Test
  void anObjectIsRead() throws IOException {
    Files.writeString(file, "{\"slots\": 2}");
    assertThat(ConfigFile.read(file).getInteger("slots")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          [1] ¦ must hold a JSON object, {…}, not a list
          null ¦ must hold a JSON object, {…}, not null
          "x" ¦ must hold a JSON object, {…}, not "x"
          {"a": } ¦ is not JSON: line 1, column 7: Unexpected character ('}' (code 125))
          {"a": 1} x ¦ is not JSON: line 1, column 11: Unrecognized token 'x'
          `{\n  "a": 1,\n}` ¦ is not JSON: line 3, column 1: Unexpected character ('}' (code 125))
          `` ¦ is empty; it must hold a JSON object, {…}
          """)
  void whatIsNoObjectIsAProblemWithItsPlace(String text, String problem) throws IOException {
    Files.writeString(file, text.replace("\\n", "\n"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .withMessageStartingWith("The configuration has 1 problem:\n  " + file + ": " + problem);
  }

  @Test
  void aMissingFileIsAProblem() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .satisfies(e -> assertThat(e.problems()).containsExactly(file + ": there is no such file"));
  }

  @Test
  void aDirectoryIsAProblem() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigFile.read(directory))
        .withMessageContaining(directory + ": cannot be read: ");
  }

  @Test
  void bytesThatAreNotUtf8AreAProblem() throws IOException {
    Files.write(file, "{\"a\": \"ü\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> ConfigFile.read(file))
        .withMessageContaining(file + ": is not UTF-8 text");
  }

  @Test
  void homeIsTheVariableElseTheWorkingDirectory() {
    assertThat(ConfigFile.home(Map.of("ORRERY_HOME", "/opt/orrery"))).hasToString("/opt/orrery");
    assertThat(ConfigFile.home(Map.of())).isEqualTo(Path.of("").toAbsolutePath());
    assertThat(ConfigFile.home(Map.of("ORRERY_HOME", ""))).isEqualTo(ConfigFile.home(Map.of()));
  }
}
