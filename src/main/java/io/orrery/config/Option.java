package io.orrery.config;

/**
 * What a key accepts, as docs/configuration.md tells it.
 *
 * @param path the whole path of the key, {@code tls.cert}
 * @param standard the default as JSON, or a phrase where it depends on something else
 */
record Option(String path, String type, String standard, String range) {}
