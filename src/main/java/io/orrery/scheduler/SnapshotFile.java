package io.orrery.scheduler;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A file that always has one whole state, the newest that was written: forced to the disk, renamed
 * over the one before, one write for all who wait. It belongs to one context.
 *
 * @param <T> the state, immutable
 */
final class SnapshotFile<T> {
  private final Vertx vertx;
  private final Path file;
  private final Function<T, String> encode;
  private Supplier<T> current;
  private Promise<Void> waiting = Promise.promise();
  private boolean writing;
  private boolean changed;

  /** Nothing is written yet. */
  SnapshotFile(Vertx vertx, Path file, Function<T, String> encode, Supplier<T> now) {
    this.vertx = vertx;
    this.file = file;
    this.encode = encode;
    this.current = now;
  }

  /**
   * Completes when the file has this state or a newer one; fails when it cannot be written.
   *
   * @param state is asked when a write begins, once for all changes that came before
   */
  Future<Void> write(Supplier<T> state) {
    current = state;
    changed = true;
    Future<Void> done = waiting.future();
    if (!writing) {
      begin();
    }
    return done;
  }

  private void begin() {
    writing = true;
    changed = false;
    T content = current.get();
    Promise<Void> covered = waiting;
    waiting = Promise.promise();
    vertx
        .executeBlocking(
            () -> {
              replace(encode.apply(content));
              return content;
            })
        .onComplete(
            result -> {
              writing = false;
              if (changed) {
                begin();
              }
              tell(covered, result);
            });
  }

  private static void tell(Promise<Void> who, AsyncResult<?> result) {
    if (result.succeeded()) {
      who.complete();
    } else {
      who.fail(result.cause());
    }
  }

  private void replace(String text) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
