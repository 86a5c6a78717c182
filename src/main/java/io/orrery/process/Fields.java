package io.orrery.process;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The fields of a record that was read, each with the type it must have. */
record Fields(Map<String, Object> values) {

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) throws IOException {
    return get(name, String.class);
  }

  long number(String name) throws IOException {
    return get(name, Long.class);
  }

  int integer(String name) throws IOException {
    return Math.toIntExact(number(name));
  }

  List<Integer> integers(String name) throws IOException {
    List<?> numbers = get(name, List.class);
    return numbers.stream().map(each -> Math.toIntExact((Long) each)).toList();
  }

  List<String> texts(String name) throws IOException {
    List<?> texts = get(name, List.class);
    return texts.stream().map(String.class::cast).toList();
  }

  <T> T get(String name, Class<T> type) throws IOException {
    Object value = values.get(name);
    if (!type.isInstance(value)) {
      throw new IOException(
          "'%s' must be a %s, but is %s".formatted(name, type.getSimpleName(), value));
    }
    return type.cast(value);
  }
}
