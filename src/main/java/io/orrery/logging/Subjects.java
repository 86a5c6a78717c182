package io.orrery.logging;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The job and the worker that a log line is about. All lines name them in one way, which is the
 * rule for new ones: {@code job ID} or {@code job=ID}, and {@code worker NAME (ID)}, {@code worker
 * ID} or {@code worker=ID}.
 */
final class Subjects {
  private static final String ID =
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])";
  private static final Pattern JOB = Pattern.compile("\\bjob[ =](" + ID + ")");
  private static final Pattern WORKER =
      Pattern.compile("\\bworker[ =](?:(" + ID + ")|([^\\s,:;()]+) \\((" + ID + ")\\))");

  private Subjects() {}

  /** The fields of the first job and the first worker that the message names. */
  static Map<String, String> of(String message) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher job = JOB.matcher(message);
    if (job.find()) {
      fields.put("job_id", job.group(1));
    }
    Matcher worker = WORKER.matcher(message);
    if (worker.find()) {
      if (worker.group(1) == null) {
        fields.put("worker_name", worker.group(2));
        fields.put("worker_id", worker.group(3));
      } else {
        fields.put("worker_id", worker.group(1));
      }
    }
    return fields;
  }
}
