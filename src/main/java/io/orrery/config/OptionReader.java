package io.orrery.config;

import static io.orrery.config.OptionValues.expected;
import static io.orrery.config.OptionValues.hostName;
import static io.orrery.config.OptionValues.string;
import static io.orrery.config.OptionValues.wholeNumber;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of one JSON object into typed values: declares each key as it reads it, notes
 * every problem, and goes on with the default.
 */
final class OptionReader {
  private final JsonObject json;
  private final String prefix;
  private final Path home;
  private final Problems problems;
  private final List<Option> options;
  private final KnownKeys known;

  OptionReader(JsonObject json, Path home) {
    this.json = json;
    this.prefix = "";
    this.home = home;
    this.problems = new Problems();
    this.options = new ArrayList<>();
    this.known = new KnownKeys();
  }

  private OptionReader(OptionReader parent, String key, JsonObject json) {
    this.json = json;
    this.prefix = parent.prefix + key + ".";
    this.home = parent.home;
    this.problems = parent.problems;
    this.options = parent.options;
    this.known = parent.known;
  }

  /** A reader of the object under the key; of an empty one if it is not there. */
  OptionReader section(String key) {
    known.section(prefix + key);
    Object value = json.containsKey(key) ? json.getValue(key) : new JsonObject();
    if (value instanceof JsonObject object) {
      return new OptionReader(this, key, object);
    }
    problems.add(prefix + key, expected("an object", value));
    return new OptionReader(this, key, new JsonObject());
  }

  int integer(String key, int standard, int least, int most) {
    String range = least + " to " + most;
    declare(key, "number", Json.encode(standard), range);
    return read(key, standard, value -> wholeNumber(value, least, most, range));
  }

  int port(String key, int standard) {
    return integer(key, standard, 0, 65535);
  }

  String host(String key, String standard) {
    declare(key, "string", Json.encode(standard), "host name or IP address");
    return read(key, standard, value -> hostName(string(value, "a host name or IP address")));
  }

  Duration duration(String key, String standard, String least, String most) {
    declare(key, "duration", Json.encode(standard), least + " to " + most);
    return read(
        key,
        DurationText.parse(standard),
        value -> {
          Duration duration = DurationText.parse(string(value, "a duration like \"10s\""));
          if (duration.compareTo(DurationText.parse(least)) < 0
              || duration.compareTo(DurationText.parse(most)) > 0) {
            throw new IllegalArgumentException(
                expected("a duration from " + least + " to " + most, value));
          }
          return duration;
        });
  }

  /** A number of bytes, 0 to the most. */
  long size(String key, String standard, String most) {
    declare(key, "size", Json.encode(standard), "0B to " + most);
    return read(
        key,
        SizeText.parse(standard),
        value -> {
          long size = SizeText.parse(string(value, "a size like \"64MiB\""));
          if (size > SizeText.parse(most)) {
            throw new IllegalArgumentException(expected("a size of at most " + most, value));
          }
          return size;
        });
  }

  /** A path; a relative one is under the home directory. */
  Path path(String key, String standard, String range) {
    declare(key, "path", Json.encode(standard), range);
    return read(key, home.resolve(standard), value -> resolve(string(value, "a path")));
  }

  /** A path that may be ""; null then. */
  @Nullable Path optionalPath(String key, String range) {
    declare(key, "path", "\"\"", range);
    return this.<@Nullable Path>read(
        key, null, value -> "".equals(value) ? null : resolve(string(value, "a path")));
  }

  boolean flag(String key, boolean standard) {
    declare(key, "boolean", Json.encode(standard), "true, false");
    return read(
        key,
        standard,
        value -> {
          if (value instanceof Boolean flag) {
            return flag;
          }
          throw new IllegalArgumentException(expected("true or false", value));
        });
  }

  /** A text of the form, which the range tells. */
  String text(String key, String standard, Pattern form, String range) {
    declare(key, "string", Json.encode(standard), range);
    return read(
        key,
        standard,
        value -> {
          String text = string(value, range);
          if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException(expected(range, value));
          }
          return text;
        });
  }

  /** An address that may be left out; the phrase says what holds then. */
  @Nullable HostPort address(String key, String phrase) {
    declare(key, "string", phrase, "host:port");
    if (!json.containsKey(key)) {
      return null;
    }
    return this.<@Nullable HostPort>read(
        key, null, value -> HostPort.parse(string(value, "host:port")));
  }

  /** A list of addresses that must be there and must not be empty. */
  List<HostPort> addresses(String key) {
    declare(key, "list of strings", "required", "host:port, at least one");
    if (!json.containsKey(key)) {
      problems.add(prefix + key, "is missing; it must be a list like [\"127.0.0.1:50000\"]");
      return List.of();
    }
    return read(
        key,
        List.of(),
        value -> {
          List<HostPort> all = OptionValues.strings(value).stream().map(HostPort::parse).toList();
          if (all.isEmpty()) {
            throw new IllegalArgumentException("must name at least one host:port");
          }
          return all;
        });
  }

  List<String> strings(String key, List<String> standard, String range) {
    declare(key, "list of strings", Json.encode(standard), range);
    return read(key, standard, OptionValues::strings);
  }

  Map<String, String> labels(String key) {
    declare(key, "object of strings", "{}", "at most " + Labels.MOST);
    return read(
        key,
        Map.of(),
        value -> {
          if (value instanceof JsonObject object) {
            return Labels.read(object);
          }
          throw new IllegalArgumentException(expected("an object of strings", value));
        });
  }

  /** One of the constants, in small letters. */
  <E extends Enum<E>> E choice(String key, E standard) {
    List<E> constants = Arrays.asList(standard.getDeclaringClass().getEnumConstants());
    String range =
        constants.stream().map(c -> Json.encode(spelled(c))).collect(Collectors.joining(", "));
    declare(key, "string", Json.encode(spelled(standard)), range);
    return read(
        key,
        standard,
        value -> {
          for (E constant : constants) {
            if (spelled(constant).equals(value)) {
              return constant;
            }
          }
          throw new IllegalArgumentException(expected(range, value));
        });
  }

  /** What was read so far can be wrong in itself: here a key adds its own problem. */
  void problem(String key, String what) {
    problems.add(prefix + key, what);
  }

  List<Option> options() {
    return List.copyOf(options);
  }

  /**
   * Ends the reading: looks for unknown keys and, where {@code tls} itself is fine, at its files.
   *
   * @throws ConfigurationException with all problems, if there is one
   */
  void finish(String subject, TlsFiles tls, TlsFiles.Check check) {
    known.reportUnknown(json, "", problems);
    if (!problems.concern("tls")) {
      check.check(tls, problems);
    }
    problems.throwIfAny(subject);
  }

  private void declare(String key, String type, String standard, String range) {
    known.leaf(prefix + key);
    options.add(new Option(prefix + key, type, standard, range));
  }

  private <T extends @Nullable Object> T read(
      String key, T standard, Function<@Nullable Object, T> parser) {
    if (!json.containsKey(key)) {
      return standard;
    }
    try {
      return parser.apply(json.getValue(key));
    } catch (IllegalArgumentException e) {
      problems.add(prefix + key, String.valueOf(e.getMessage()));
      return standard;
    }
  }

  private Path resolve(String text) {
    if (text.isEmpty() || text.contains("-----BEGIN")) {
      throw new IllegalArgumentException(expected("a path", text));
    }
    try {
      return home.resolve(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(expected("a path", text), e);
    }
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
