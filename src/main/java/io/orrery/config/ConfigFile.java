package io.orrery.config;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds and reads a configuration file; what is in it is for the option records to judge. */
public final class ConfigFile {
  private static final Pattern PLACE = Pattern.compile("line: (\\d+), column: (\\d+)");

  private ConfigFile() {}

  /**
   * Where relative paths start: ORRERY_HOME (set by the start scripts), else the working directory.
   */
  public static Path home() {
    return home(System.getenv());
  }

  static Path home(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("ORRERY_HOME", "")).toAbsolutePath();
  }

  /**
   * Reads a file that holds one JSON object.
   *
   * @throws ConfigurationException if it is not there, cannot be read, or is not a JSON object; for
   *     bad syntax with line and column
   */
  public static JsonObject read(Path file) {
    try {
      String text = Files.readString(file);
      if (text.isBlank()) {
        throw problem(file, "is empty; it must hold a JSON object, {…}");
      }
      Object value = Json.decodeValue(text);
      if (value instanceof JsonObject object) {
        return object;
      }
      throw problem(file, "must hold a JSON object, {…}, not " + ShownValue.of(value));
    } catch (NoSuchFileException _) {
      throw problem(file, "there is no such file");
    } catch (CharacterCodingException _) {
      throw problem(file, "is not UTF-8 text");
    } catch (IOException e) {
      throw problem(file, "cannot be read: " + e.getMessage());
    } catch (DecodeException e) {
      throw problem(file, "is not JSON: " + explain(e.getMessage()));
    }
  }

  /** Jackson's own words, but the place first and without its advice for programmers. */
  private static String explain(@Nullable String message) {
    String text = String.valueOf(message);
    String reason = text.lines().findFirst().orElse("").replaceFirst("^Failed to decode: ?", "");
    Matcher place = PLACE.matcher(text);
    return place.find()
        ? "line " + place.group(1) + ", column " + place.group(2) + ": " + reason
        : reason;
  }

  private static ConfigurationException problem(Path file, String what) {
    return new ConfigurationException("The configuration", List.of(file + ": " + what));
  }
}
