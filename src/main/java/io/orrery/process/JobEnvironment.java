package io.orrery.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The environment that jobs get: what an allow-list takes from the worker's own, what the request
 * brings, and what Orrery adds.
 */
public final class JobEnvironment {
  private static final Set<String> ALLOWED =
      Set.of("PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "LOGNAME", "SHELL");
  private static final String LOCALE = "LC_";

  /** What our start scripts replaced, so that this process takes names as UTF-8; "" for unset. */
  private static final String CALLERS_LOCALE = "ORRERY_LC_ALL";

  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final Map<String, String> inherited = new HashMap<>();

  /** {@code own} is the worker's environment. */
  public JobEnvironment(Map<String, String> own) {
    inherited.put("PATH", DEFAULT_PATH);
    own.forEach(
        (name, value) -> {
          if (ALLOWED.contains(name) || name.startsWith(LOCALE)) {
            inherited.put(name, value);
          }
        });
    String locale = own.get(CALLERS_LOCALE);
    if (locale != null) {
      inherited.remove("LC_ALL");
      if (!locale.isEmpty()) {
        inherited.put("LC_ALL", locale);
      }
    }
    inherited.put("PYTHONUNBUFFERED", "1");
  }

  /**
   * From the environment that this process was executed with, read as UTF-8 whatever the locale
   * (System.getenv decodes by the locale, and loses bytes in the C locale).
   */
  public static JobEnvironment ofThisProcess() {
    Map<String, String> own = new HashMap<>();
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/self/environ"));
      for (String entry : new String(bytes, StandardCharsets.UTF_8).split("\0", -1)) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
          own.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
      }
    } catch (IOException e) {
      own.putAll(System.getenv());
    }
    return new JobEnvironment(own);
  }

  /** The job's whole environment; the request wins, except over the job's id. */
  public Map<String, String> of(String jobId, Map<String, String> requested) {
    Map<String, String> environment = new HashMap<>(inherited);
    environment.putAll(requested);
    environment.put(Spawner.JOB, jobId);
    return Map.copyOf(environment);
  }
}
