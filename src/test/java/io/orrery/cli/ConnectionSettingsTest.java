package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConnectionSettingsTest {
  @TempDir Path home;

  @BeforeEach
  void anInstallation() throws IOException {
    for (String name : new String[] {"ca.crt", "admin.crt", "admin.key"}) {
      Files.createDirectories(home.resolve("certs"));
      Files.createFile(home.resolve("certs").resolve(name));
    }
  }

  private Map<String, String> environment(String... more) {
    Map<String, String> environment =
        new java.util.HashMap<>(
            Map.of("ORRERY_HOME", home.toString(), "XDG_CONFIG_HOME", home.toString()));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private Path config(String json) throws IOException {
    Path file = Files.createDirectories(home.resolve("orrery")).resolve("config.json");
    return Files.writeString(file, json);
  }

  @Test
  void withoutAWordItIsTheInstallationOfThisMachine() {
    ConnectionSettings settings = ConnectionSettings.of(new ConnectionFlags(), environment());

    assertThat(settings.servers()).containsExactly(new HostPort("127.0.0.1", 50000));
    assertThat(settings.files().ca()).isEqualTo(home.resolve("certs/ca.crt"));
    assertThat(settings.files().cert()).isEqualTo(home.resolve("certs/admin.crt"));
    assertThat(settings.files().key()).isEqualTo(home.resolve("certs/admin.key"));
  }

  @Test
  void aFlagBeatsTheEnvironmentWhichBeatsTheFile() throws IOException {
    config("{\"server\": \"file:1\"}");
    ConnectionFlags flags = new ConnectionFlags();

    assertThat(ConnectionSettings.of(flags, environment()).servers())
        .containsExactly(new HostPort("file", 1));
    assertThat(ConnectionSettings.of(flags, environment("ORRERY_SERVER", "env:2")).servers())
        .containsExactly(new HostPort("env", 2));
    flags.server = "flag:3";
    assertThat(ConnectionSettings.of(flags, environment("ORRERY_SERVER", "env:2")).servers())
        .containsExactly(new HostPort("flag", 3));
  }

  @Test
  void severalServersAreTriedInTheirOrder() {
    ConnectionFlags flags = new ConnectionFlags();
    flags.server = "a:1, b:2,[::1]:3";

    assertThat(ConnectionSettings.of(flags, environment()).servers())
        .containsExactly(new HostPort("a", 1), new HostPort("b", 2), new HostPort("::1", 3));
  }

  @Test
  void pathsOfTheFileAreRelativeToIt() throws IOException {
    Path cert = Files.createFile(Files.createDirectories(home.resolve("orrery")).resolve("me.crt"));
    config("{\"cert\": \"me.crt\"}");

    assertThat(ConnectionSettings.of(new ConnectionFlags(), environment()).files().cert())
        .isEqualTo(cert);
  }

  @Test
  void aMissingFileIsNamedWithTheCommandThatMakesIt() throws IOException {
    Files.delete(home.resolve("certs/admin.key"));

    assertThatThrownBy(() -> ConnectionSettings.of(new ConnectionFlags(), environment()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("there is no file " + home.resolve("certs/admin.key"))
        .hasMessageContaining("orrery certs init");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|must hold one JSON object",
        "{\"sever\": \"a:1\"}|unknown key 'sever'; the keys are server, ca, cert, key",
        "{\"server\": 5}|server must be a string",
        "{\"server\": |is not JSON",
        "{\"server\": \"nowhere\"}|must be host:port"
      })
  void aWrongFileIsSaidSo(String json, String message) throws IOException {
    config(json);

    assertThatThrownBy(() -> ConnectionSettings.of(new ConnectionFlags(), environment()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(message);
  }
}
