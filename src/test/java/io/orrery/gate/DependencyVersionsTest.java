package io.orrery.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fails when a library on the class path is older than the first version without a known hole. */
final class DependencyVersionsTest {

  @Test
  void everyNettyModuleIsNewEnough() {
    Map<String, String> modules = new TreeMap<>();
    Version.identify().forEach((name, version) -> modules.put(name, version.artifactVersion()));

    assertThat(modules)
        .containsKeys("netty-codec-http2", "netty-handler", "netty-common")
        .allSatisfy((name, version) -> assertNotBelow(name, version, "4.2.20"));
  }

  @ParameterizedTest
  @CsvSource({
    // CVE-2026-6860: the SNI context cache grows without bound.
    "io.vertx.core.Vertx, 5.0.12",
    // CVE-2026-18401, CVE-2026-68494, CVE-2026-68498: the async parser.
    "com.fasterxml.jackson.core.JsonFactory, 2.18.12",
    // CVE-2026-54512 to 54515, CVE-2026-68497, CVE-2026-19032.
    "com.fasterxml.jackson.databind.ObjectMapper, 2.18.12",
    // Below it, warnings about sun.misc.Unsafe on JDK 25 and later refusals.
    "com.google.protobuf.Message, 4.36.2",
    // The BoringSSL that goes with the Netty above.
    "io.netty.internal.tcnative.SSL, 2.0.84",
    // The last of the line that vertx-hazelcast 5.0 is made for.
    "com.hazelcast.core.Hazelcast, 5.3.8",
  })
  void theLibraryIsNewEnough(String type, String floor) throws Exception {
    Class<?> loaded = Class.forName(type, false, getClass().getClassLoader());

    assertNotBelow(type, versionOf(loaded), floor);
  }

  @Test
  void anOlderVersionIsNoticed() {
    assertThatThrownBy(() -> assertNotBelow("netty", "4.2.9.Final", "4.2.20"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("netty 4.2.9.Final is below 4.2.20");
  }

  private static void assertNotBelow(String name, String version, String floor) {
    assertThat(Arrays.compare(numbers(version), numbers(floor)))
        .as("%s %s is below %s: known holes", name, version, floor)
        .isNotNegative();
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("[.-]", -1))
        .filter(part -> part.matches("\\d+"))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static String versionOf(Class<?> type) throws Exception {
    Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    return manifestVersion(jar);
  }

  private static String manifestVersion(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Attributes manifest = file.getManifest().getMainAttributes();
      String version = manifest.getValue("Implementation-Version");
      return version != null ? version : manifest.getValue("Bundle-Version");
    }
  }
}
