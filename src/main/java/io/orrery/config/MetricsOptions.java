package io.orrery.config;

/**
 * The page of the metrics and of the health, plain HTTP.
 *
 * @param host the address to listen on
 * @param port 0 is off
 */
public record MetricsOptions(String host, int port) {

  static MetricsOptions read(OptionReader reader) {
    return new MetricsOptions(reader.host("host", "127.0.0.1"), reader.port("port", 0));
  }

  /** Whether anything is measured at all. */
  public boolean isOn() {
    return port != 0;
  }
}
