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
  private T current;
  private T written;
  private Promise<Void> waiting = Promise.promise();
  private boolean writing;

  /** With the state that the file has now. */
  SnapshotFile(Vertx vertx, Path file, Function<T, String> encode, T now) {
    this.vertx = vertx;
    this.file = file;
    this.encode = encode;
    this.current = now;
    this.written = now;
  }

  /** Completes when the file has this state or a newer one; fails when it cannot be written. */
  Future<Void> write(T state) {
    current = state;
    if (!writing && current.equals(written)) {
      return Future.succeededFuture();
    }
    Future<Void> done = waiting.future();
    if (!writing) {
      begin();
    }
    return done;
  }

  private void begin() {
    writing = true;
    T content = current;
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
              if (result.succeeded()) {
                written = content;
              }
              if (!current.equals(content)) {
                begin();
              } else {
                tell(waiting, result);
                waiting = Promise.promise();
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
