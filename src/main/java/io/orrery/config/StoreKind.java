package io.orrery.config;

/** Where the scheduler keeps what it must not forget. */
public enum StoreKind {
  /** Files of its own, under {@code store.path}. */
  EMBEDDED,
  /** A Redis server, of {@code store.redis}. */
  REDIS
}
