package io.orrery.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values by the ids of jobs, which are found by the first characters of an id as well. A million
 * are filled in twice as fast as into a tree, whose nodes lie all over the memory. For one context.
 */
public final class JobMap<V> {
  /** The first hexadecimal digits of an id choose the part that it is in. */
  private static final int DIGITS = 3;

  private final List<@Nullable Map<String, V>> parts =
      new ArrayList<>(Collections.nCopies(1 << (4 * DIGITS), null));

  /** The value of a whole id, in small letters. */
  public @Nullable V get(String id) {
    Map<String, V> part = parts.get(number(id));
    return part == null ? null : part.get(id);
  }

  /** Puts a value in the place of the one of before, and answers with that. */
  public @Nullable V put(String id, V value) {
    int number = number(id);
    Map<String, V> part = parts.get(number);
    if (part == null) {
      part = new HashMap<>();
      parts.set(number, part);
    }
    return part.put(id, value);
  }

  /** Removes a value, and answers with it. */
  public @Nullable V remove(String id) {
    Map<String, V> part = parts.get(number(id));
    return part == null ? null : part.remove(id);
  }

  /** All values, in no order. */
  public Stream<V> values() {
    return startingWith("");
  }

  /**
   * The values whose ids start so, in no order; only as many are looked at as are asked for, and
   * from {@value #DIGITS} characters on only a few of the others.
   */
  public Stream<V> startingWith(String prefix) {
    int known = Math.min(DIGITS, prefix.length());
    int first = 0;
    for (int i = 0; i < known; i++) {
      int digit = Character.digit(prefix.charAt(i), 16);
      if (digit < 0) {
        return Stream.empty();
      }
      first = first << 4 | digit;
    }
    int open = 4 * (DIGITS - known);
    return IntStream.range(first << open, (first + 1) << open)
        .boxed()
        .flatMap(this::entries)
        .filter(entry -> entry.getKey().startsWith(prefix))
        .map(Map.Entry::getValue);
  }

  private Stream<Map.Entry<String, V>> entries(int number) {
    Map<String, V> part = parts.get(number);
    return part == null ? Stream.empty() : part.entrySet().stream();
  }

  private static int number(String id) {
    return Integer.parseInt(id, 0, DIGITS, 16);
  }
}
