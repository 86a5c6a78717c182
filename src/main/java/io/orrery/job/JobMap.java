package io.orrery.job;

import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values by the ids of jobs, which are found by the first characters of an id as well. It takes no
 * more than two or three references for each value, and makes no object of its own. For one
 * context.
 */
public final class JobMap<V> {
  /** The first hexadecimal digits of an id choose the part that it is in. */
  private static final int DIGITS = 2;

  private static final int BITS = 4 * DIGITS;

  private final Function<? super V, JobId> idOf;
  private final @Nullable JobSlots<V>[] parts;
  private int size;

  /**
   * An empty one.
   *
   * @param idOf the id of a value, which never changes
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the array never leaves this class
  public JobMap(Function<? super V, JobId> idOf) {
    this.idOf = idOf;
    this.parts = new JobSlots[1 << BITS];
  }

  public @Nullable V get(JobId id) {
    JobSlots<V> part = parts[id.first(BITS)];
    return part == null ? null : part.get(id);
  }

  /** Puts a value in the place of the one of its id, and answers with that. */
  public @Nullable V put(V value) {
    int number = idOf.apply(value).first(BITS);
    JobSlots<V> part = parts[number];
    if (part == null) {
      part = new JobSlots<>(idOf);
      parts[number] = part;
    }
    V before = part.put(value);
    size += before == null ? 1 : 0;
    return before;
  }

  /** Removes a value, and answers with it. */
  public @Nullable V remove(JobId id) {
    int number = id.first(BITS);
    JobSlots<V> part = parts[number];
    V removed = part == null ? null : part.remove(id);
    size -= removed == null ? 0 : 1;
    if (removed != null && part != null && part.isEmpty()) {
      parts[number] = null;
    }
    return removed;
  }

  public int size() {
    return size;
  }

  /** All values, in no order. */
  public Stream<V> values() {
    return parts(0, parts.length);
  }

  /**
   * The values whose ids start so, in no order; only as many are looked at as are asked for, and
   * from {@value #DIGITS} characters on only a few of the others.
   */
  public Stream<V> startingWith(String prefix) {
    if (JobId.isWhole(prefix)) {
      return Stream.ofNullable(get(new JobId(prefix)));
    }
    int known = Math.min(DIGITS, prefix.length());
    int first = 0;
    for (int i = 0; i < known; i++) {
      int digit = Character.digit(prefix.charAt(i), 16);
      if (digit < 0) {
        return Stream.empty();
      }
      first = first << 4 | digit;
    }
    int open = BITS - 4 * known;
    String small = prefix.toLowerCase(Locale.ROOT);
    return parts(first << open, (first + 1) << open)
        .filter(value -> idOf.apply(value).value().startsWith(small));
  }

  private Stream<V> parts(int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .flatMap(
            number -> {
              JobSlots<V> part = parts[number];
              return part == null ? Stream.<V>empty() : part.values();
            });
  }
}
