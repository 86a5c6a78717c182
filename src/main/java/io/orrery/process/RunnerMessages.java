package io.orrery.process;

import io.orrery.job.StopLimit;
import io.orrery.process.StreamSetup.WindowSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of this package as fields of messages. */
final class RunnerMessages {
  static final String TYPE = "type";
  static final String ID = "id";
  static final String JOB = "job_id";

  private RunnerMessages() {}

  static Map<String, Object> message(String type) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(TYPE, type);
    return fields;
  }

  static void put(Map<String, Object> fields, JobTerms terms) {
    fields.put(JOB, terms.jobId());
    fields.put("attempt", terms.attempt());
    fields.put("directory", terms.directory().toString());
    fields.put("stop_grace_millis", terms.stopGrace().toMillis());
    if (terms.timeout() != null) {
      fields.put("timeout_millis", terms.timeout().toMillis());
    }
    if (!terms.streamLimit().isNone()) {
      fields.put("stream_limit_bytes", terms.streamLimit().bytes());
    }
  }

  static JobTerms terms(Fields fields) throws IOException {
    @Nullable Duration timeout =
        fields.has("timeout_millis") ? Duration.ofMillis(fields.number("timeout_millis")) : null;
    return new JobTerms(
        fields.text(JOB),
        fields.integer("attempt"),
        Path.of(fields.text("directory")),
        timeout,
        Duration.ofMillis(fields.number("stop_grace_millis")),
        fields.has("stream_limit_bytes")
            ? new StopLimit(fields.number("stream_limit_bytes"))
            : StopLimit.NONE);
  }

  static void put(Map<String, Object> fields, Launch launch) {
    put(fields, launch.terms());
    fields.put("argv", launch.argv());
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    launch
        .environment()
        .forEach(
            (name, value) -> {
              names.add(name);
              values.add(value);
            });
    fields.put("environment_names", names);
    fields.put("environment_values", values);
    fields.put("working_directory", launch.workingDirectory().toString());
    StreamSetup streams = launch.streams();
    fields.put("merge_stderr", streams.mergeStderr());
    fields.put("live_input", streams.liveInput());
    if (streams.window() != null) {
      put(fields, streams.window());
    }
    LimitMessages.put(fields, launch.confinement());
  }

  static Launch launch(Fields fields) throws IOException {
    List<String> names = fields.texts("environment_names");
    List<String> values = fields.texts("environment_values");
    Map<String, String> environment = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      environment.put(names.get(i), values.get(i));
    }
    return new Launch(
        terms(fields),
        fields.texts("argv"),
        environment,
        Path.of(fields.text("working_directory")),
        new StreamSetup(
            fields.get("merge_stderr", Boolean.class),
            fields.get("live_input", Boolean.class),
            fields.has("rows") ? window(fields) : null),
        LimitMessages.confinement(fields));
  }

  static void put(Map<String, Object> fields, WindowSize window) {
    fields.put("rows", window.rows());
    fields.put("columns", window.columns());
  }

  static WindowSize window(Fields fields) throws IOException {
    return new WindowSize(fields.integer("rows"), fields.integer("columns"));
  }

  static void put(Map<String, Object> fields, InputState state) {
    fields.put("offset", state.offset());
    fields.put("room", state.room());
    fields.put("status", state.status().name());
  }

  static InputState inputState(Fields fields) throws IOException {
    return new InputState(
        fields.number("offset"),
        fields.get("room", Boolean.class),
        InputState.Status.valueOf(fields.text("status")));
  }

  static void put(Map<String, Object> fields, Started started) {
    fields.put("pid", started.pid());
    fields.put("start_time", started.startTime().toString());
  }

  static Started started(Fields fields) throws IOException {
    return new Started(fields.integer("pid"), Instant.parse(fields.text("start_time")));
  }

  static void put(Map<String, Object> fields, Resumption.Running running) {
    put(fields, running.started());
    fields.put("stopping", running.stopping());
  }

  /** A runner of an earlier build does not tell whether it was told to stop. */
  static Resumption.Running running(Fields fields) throws IOException {
    return new Resumption.Running(
        started(fields), fields.has("stopping") && fields.get("stopping", Boolean.class));
  }

  static void put(Map<String, Object> fields, TreeReport report) {
    fields.put("empty", report.empty());
    fields.put("survivors", report.survivors());
    fields.put("killed", report.killed());
  }

  /** From an answer to a stop. */
  static TreeReport reportOf(Fields answer) {
    try {
      return report(answer);
    } catch (IOException e) {
      throw new IllegalStateException("not an answer of a runner", e);
    }
  }

  private static TreeReport report(Fields fields) throws IOException {
    return new TreeReport(
        fields.get("empty", Boolean.class), fields.integers("survivors"), fields.integer("killed"));
  }
}
