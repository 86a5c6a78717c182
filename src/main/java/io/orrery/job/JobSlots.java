package io.orrery.job;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of values that know their own ids, with linear probing: nothing but two arrays, at
 * most three quarters full. Clients choose ids, so where one goes depends on numbers that are drawn
 * anew in each process.
 */
final class JobSlots<V> {
  private static final int LEAST = 4;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long HIGH_FACTOR = RANDOM.nextLong() | 1;
  private static final long LOW_FACTOR = RANDOM.nextLong() | 1;

  private final Function<? super V, JobId> idOf;

  /**
   * The mark of the value in the same slot; 0 where there is none. A search looks at these alone,
   * as values lie all over the memory.
   */
  private int[] marks = new int[LEAST];

  private @Nullable V[] values = empty(LEAST);
  private int size;

  JobSlots(Function<? super V, JobId> idOf) {
    this.idOf = idOf;
  }

  @SuppressWarnings("unchecked") // the array never leaves this class
  private static <V> @Nullable V[] empty(int length) {
    return (V[]) new Object[length];
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Nullable V get(JobId id) {
    return values[find(id, mark(id))];
  }

  @Nullable V put(V value) {
    JobId id = idOf.apply(value);
    int mark = mark(id);
    int at = find(id, mark);
    V before = values[at];
    values[at] = value;
    marks[at] = mark;
    if (before == null && ++size > marks.length / 4 * 3) {
      grow();
    }
    return before;
  }

  @Nullable V remove(JobId id) {
    int at = find(id, mark(id));
    V removed = values[at];
    if (removed != null) {
      size--;
      close(at);
    }
    return removed;
  }

  Stream<V> values() {
    return Arrays.stream(values).filter(Objects::nonNull);
  }

  /** Never 0; what an id has of chance comes first. */
  private static int mark(JobId id) {
    return (int) (id.mixed(HIGH_FACTOR, LOW_FACTOR) >>> Integer.SIZE) | 1;
  }

  /** The slot of this id, or the one where it would go: there is always a free one. */
  private int find(JobId id, int mark) {
    int at = home(mark);
    while (marks[at] != 0 && !(marks[at] == mark && has(at, id))) {
      at = next(at);
    }
    return at;
  }

  private boolean has(int at, JobId id) {
    V value = values[at];
    return value != null && idOf.apply(value).equals(id);
  }

  private int home(int mark) {
    return mark >>> (Integer.SIZE - Integer.numberOfTrailingZeros(marks.length));
  }

  private int next(int at) {
    return (at + 1) & (marks.length - 1);
  }

  /** What stands behind a slot that becomes free is put nearer to where it belongs. */
  private void close(int free) {
    int hole = free;
    for (int at = next(hole); marks[at] != 0; at = next(at)) {
      int wanted = home(marks[at]);
      boolean stays = hole <= at ? hole < wanted && wanted <= at : hole < wanted || wanted <= at;
      if (!stays) {
        marks[hole] = marks[at];
        values[hole] = values[at];
        hole = at;
      }
    }
    marks[hole] = 0;
    values[hole] = null;
  }

  private void grow() {
    int[] marksBefore = marks;
    @Nullable V[] valuesBefore = values;
    marks = new int[marksBefore.length * 2];
    values = empty(marks.length);
    for (int i = 0; i < marksBefore.length; i++) {
      if (marksBefore[i] != 0) {
        int at = home(marksBefore[i]);
        while (marks[at] != 0) {
          at = next(at);
        }
        marks[at] = marksBefore[i];
        values[at] = valuesBefore[i];
      }
    }
  }
}
