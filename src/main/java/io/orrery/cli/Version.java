package io.orrery.cli;

import org.jspecify.annotations.Nullable;

/** The version of this program, from the manifest of its jar. */
final class Version {
  private Version() {}

  /** {@code 0.1.0}, or {@code unreleased} where the classes are not in a jar. */
  static String number() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
