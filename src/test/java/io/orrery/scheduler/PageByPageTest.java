package io.orrery.scheduler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageByPageTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Integer> taken = new ArrayList<>();

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(10, SECONDS);
  }

  /** Pages of one number each, up to this one. */
  private Future<List<Integer>> page(Optional<Integer> after, int last) {
    int next = after.orElse(0) + 1;
    Promise<List<Integer>> page = Promise.promise();
    vertx.runOnContext(_ -> page.complete(next > last ? List.of() : List.of(next)));
    return page.future();
  }

  @Test
  void takesEveryElementInOrderHoweverManyPagesThereAre() throws TimeoutException {
    PageByPage.<Integer>take(after -> page(after, 20_000), taken::addAll).await(30, SECONDS);

    assertThat(taken).isEqualTo(IntStream.rangeClosed(1, 20_000).boxed().toList());
  }

  @Test
  void nothingIsTakenOfAnEmptyList() throws TimeoutException {
    PageByPage.<Integer>take(after -> page(after, 0), taken::addAll).await(10, SECONDS);

    assertThat(taken).isEmpty();
  }

  @Test
  void failsWithThePageThatCouldNotBeRead() {
    Future<Void> end =
        PageByPage.<Integer>take(
            after -> after.equals(Optional.of(2)) ? Future.failedFuture("down") : page(after, 5),
            taken::addAll);

    assertThatThrownBy(() -> end.await(10, SECONDS)).hasMessage("down");
    assertThat(taken).containsExactly(1, 2);
  }

  @Test
  void failsWithWhatCouldNotBeTakenUp() {
    Future<Void> end =
        PageByPage.<Integer>take(
            after -> page(after, 5),
            _ -> {
              throw new IllegalStateException("full");
            });

    assertThatThrownBy(() -> end.await(10, SECONDS)).hasMessage("full");
  }
}
