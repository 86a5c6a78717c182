package io.orrery.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say whom to ask and as whom. */
final class ConnectionFlags {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT[,…]",
      description = "the scheduler or worker to ask; of several the first that answers")
  @Nullable String server;

  @Option(names = "--ca", paramLabel = "FILE", description = "the certificates to trust")
  @Nullable String ca;

  @Option(names = "--cert", paramLabel = "FILE", description = "your certificate")
  @Nullable String cert;

  @Option(names = "--key", paramLabel = "FILE", description = "its private key")
  @Nullable String key;
}
