package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobMapTest {
  private final JobMap<Named> map = new JobMap<>(Named::id);

  private record Named(JobId id, String name) {}

  private static Named named(String id) {
    return new Named(new JobId(id), id);
  }

  @Test
  void aValueIsThereFromItsPutToItsRemoval() {
    JobId id = JobId.random();
    Named one = new Named(id, "one");
    Named two = new Named(id, "two");
    assertThat(map.get(id)).isNull();
    assertThat(map.put(one)).isNull();
    assertThat(map.put(two)).isEqualTo(one);

    assertThat(map.get(id)).isEqualTo(two);
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.values()).containsExactly(two);
    assertThat(map.remove(id)).isEqualTo(two);
    assertThat(map.remove(id)).isNull();
    assertThat(map.values()).isEmpty();
    assertThat(map.size()).isZero();
  }

  /** All in one part, so that they stand in each other's places. */
  @Test
  void holdsWhatAnyOtherMapWouldAfterManyChanges() {
    Map<JobId, Named> other = new HashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      Named value = named("abc00000-0000-4000-8000-%012x".formatted(random.nextInt(400)));
      if (random.nextInt(5) < 2) {
        assertThat(map.remove(value.id())).isEqualTo(other.remove(value.id()));
      } else {
        assertThat(map.put(value)).isEqualTo(other.put(value.id(), value));
      }
      assertThat(map.get(value.id())).isEqualTo(other.get(value.id()));
    }

    assertThat(map.size()).isEqualTo(other.size());
    assertThat(map.values()).containsExactlyInAnyOrderElementsOf(other.values());
    other.forEach((id, value) -> assertThat(map.get(id)).isEqualTo(value));
  }

  @Test
  void everyBeginningFindsExactlyWhatStartsSo() {
    List<Named> all = Stream.generate(() -> named(JobId.random().value())).limit(3_000).toList();
    all.forEach(map::put);
    String one = all.getFirst().name();

    IntStream.rangeClosed(0, one.length())
        .mapToObj(length -> one.substring(0, length))
        .forEach(
            prefix ->
                assertThat(map.startingWith(prefix))
                    .containsExactlyInAnyOrderElementsOf(
                        all.stream().filter(each -> each.name().startsWith(prefix)).toList()));
  }

  @Test
  void whatIsNoBeginningOfAnIdFindsNone() {
    Named last = named("ffffffff-0000-4000-8000-000000000000");
    map.put(last);

    assertThat(map.startingWith("f")).containsExactly(last);
    assertThat(map.startingWith("g")).isEmpty();
    assertThat(map.startingWith("ff-")).isEmpty();
    assertThat(map.startingWith("é")).isEmpty();
  }
}
