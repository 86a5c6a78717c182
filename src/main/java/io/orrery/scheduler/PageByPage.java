package io.orrery.scheduler;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Takes up what is read page by page, the next page being read meanwhile. There may be any number
 * of pages: one future waits for all, as each within the one before would overflow the stack at the
 * end.
 */
final class PageByPage<T> {
  private final Function<Optional<T>, Future<List<T>>> source;
  private final Consumer<List<T>> taking;
  private final Promise<Void> done = Promise.promise();

  private PageByPage(Function<Optional<T>, Future<List<T>>> source, Consumer<List<T>> taking) {
    this.source = source;
    this.taking = taking;
  }

  /**
   * Begins; completes when all pages were taken up.
   *
   * @param source reads the page behind this element, or the first; an empty one is the end
   */
  static <T> Future<Void> take(
      Function<Optional<T>, Future<List<T>>> source, Consumer<List<T>> taking) {
    PageByPage<T> pages = new PageByPage<>(source, taking);
    pages.await(source.apply(Optional.empty()));
    return pages.done.future();
  }

  private void await(Future<List<T>> page) {
    page.onFailure(done::tryFail).onSuccess(this::arrived);
  }

  private void arrived(List<T> page) {
    if (page.isEmpty()) {
      done.tryComplete();
      return;
    }
    Future<List<T>> next = source.apply(Optional.of(page.getLast()));
    try {
      taking.accept(page);
    } catch (RuntimeException wrong) {
      done.tryFail(wrong);
      return;
    }
    await(next);
  }
}
