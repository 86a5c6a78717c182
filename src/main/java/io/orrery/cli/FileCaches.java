package io.orrery.cli;

import io.vertx.core.VertxOptions;

/**
 * Vert.x makes a directory for files that it takes out of jars, and leaves it behind when its
 * process is killed. Orrery's servers take none out.
 */
final class FileCaches {
  private FileCaches() {}

  /** The options, without such a directory. */
  static VertxOptions none(VertxOptions options) {
    options.getFileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    return options;
  }
}
