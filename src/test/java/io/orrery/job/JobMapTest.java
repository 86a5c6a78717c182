package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobMapTest {
  private final JobMap<String> map = new JobMap<>();

  @Test
  void aValueIsThereFromItsPutToItsRemoval() {
    String id = JobId.random().value();
    assertThat(map.get(id)).isNull();
    assertThat(map.put(id, "one")).isNull();
    assertThat(map.put(id, "two")).isEqualTo("one");

    assertThat(map.get(id)).isEqualTo("two");
    assertThat(map.values()).containsExactly("two");
    assertThat(map.remove(id)).isEqualTo("two");
    assertThat(map.remove(id)).isNull();
    assertThat(map.values()).isEmpty();
  }

  @Test
  void everyBeginningFindsExactlyWhatStartsSo() {
    List<String> ids = Stream.generate(() -> JobId.random().value()).limit(3_000).toList();
    ids.forEach(id -> map.put(id, id));
    String one = ids.getFirst();

    IntStream.rangeClosed(0, one.length())
        .mapToObj(length -> one.substring(0, length))
        .forEach(
            prefix ->
                assertThat(map.startingWith(prefix))
                    .containsExactlyInAnyOrderElementsOf(
                        ids.stream().filter(id -> id.startsWith(prefix)).toList()));
  }

  @Test
  void whatIsNoBeginningOfAnIdFindsNone() {
    map.put("ffffffff-0000-4000-8000-000000000000", "last");

    assertThat(map.startingWith("f")).containsExactly("last");
    assertThat(map.startingWith("g")).isEmpty();
    assertThat(map.startingWith("ff-")).isEmpty();
    assertThat(map.startingWith("é")).isEmpty();
  }
}
