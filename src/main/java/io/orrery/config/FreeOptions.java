package io.orrery.config;

/**
 * The room that a worker leaves on the disk of its data directory: it takes no new jobs when there
 * are fewer bytes free than both of these say.
 */
public record FreeOptions(long space, int percent) {

  static FreeOptions read(OptionReader reader) {
    return new FreeOptions(
        reader.size("space", "256MiB", "1024TiB"), reader.integer("percent", 1, 0, 99));
  }
}
