package io.orrery.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The user's {@code config.json}: which server, which files. It lies in {@code
 * $XDG_CONFIG_HOME/orrery} or {@code ~/.config/orrery}; paths in it are relative to it.
 */
record UserConfig(
    @Nullable String server, @Nullable String ca, @Nullable String cert, @Nullable String key) {
  private static final List<String> KEYS = List.of("server", "ca", "cert", "key");

  /**
   * @throws CommandException when the file is there and cannot be understood
   */
  static UserConfig read(Map<String, String> environment) {
    Path file = file(environment);
    if (!Files.exists(file)) {
      return new UserConfig(null, null, null, null);
    }
    Map<String, String> values = values(file);
    return new UserConfig(
        values.get("server"),
        path(file, values.get("ca")),
        path(file, values.get("cert")),
        path(file, values.get("key")));
  }

  private static Path file(Map<String, String> environment) {
    String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path directory =
        base.isEmpty() ? Path.of(environment.getOrDefault("HOME", ""), ".config") : Path.of(base);
    return directory.resolve("orrery").resolve("config.json");
  }

  private static @Nullable String path(Path file, @Nullable String value) {
    return value == null ? null : file.resolveSibling(value).toString();
  }

  /** Not by the usual JSON classes: the tokens alone load far less. */
  private static Map<String, String> values(Path file) {
    Map<String, String> values = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(Files.readAllBytes(file))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new CommandException(file + " must hold one JSON object");
      }
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        if (!KEYS.contains(key)) {
          throw new CommandException(
              file + " has an unknown key '" + key + "'; the keys are " + String.join(", ", KEYS));
        }
        String value = parser.nextTextValue();
        if (value == null) {
          throw new CommandException(file + ": " + key + " must be a string");
        }
        values.put(key, value);
      }
      return values;
    } catch (JsonProcessingException e) {
      throw new CommandException(file + " is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CommandException("cannot read " + file + ": " + e.getMessage());
    }
  }
}
