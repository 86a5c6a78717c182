package io.orrery.worker;

import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.OutputLoss;
import io.orrery.rpc.SpecMapping;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The records of a job directory as text: what was asked, which process it has, how it ended. */
final class JobRecords {
  static final String SPEC = "spec.json";
  static final String END = "end.json";

  /** Why the scheduler had the job stopped, as text. */
  static final String STOP = "stop-reason";

  /** When the disk was full while the job ran. */
  static final String LOSS = "output-loss.json";

  private JobRecords() {}

  /** What was asked. */
  static String asked(Job job) {
    return new JsonObject()
        .put("job_id", job.id().value())
        .put("owner", job.owner())
        .put("worker_id", job.site().workerId())
        .put("worker_name", job.site().workerName())
        .put("attempt", job.site().attempt())
        .put("create_time", job.createTime().toString())
        .put("spec", new JsonObject(SpecMapping.toJson(job.spec())))
        .encode();
  }

  /** The job that was asked for, as it was before its start. */
  static Job readAsked(String text) {
    JsonObject json = new JsonObject(text);
    Job.Site site =
        new Job.Site(
            json.getString("worker_id"), json.getString("worker_name"), json.getInteger("attempt"));
    return new Job(
        new JobId(json.getString("job_id")),
        SpecMapping.fromJson(json.getJsonObject("spec").encode()),
        json.getString("owner"),
        site,
        Instant.parse(json.getString("create_time")),
        new JobState.Starting(),
        Job.StreamBytes.NONE);
  }

  /** The number of the run that a job directory is of. */
  static int readAttempt(Path directory) throws IOException {
    return new JsonObject(Files.readString(directory.resolve(SPEC))).getInteger("attempt");
  }

  /** A loss that is over. */
  static String loss(OutputLoss loss) {
    return new JsonObject()
        .put("errno", loss.errno())
        .put("start", loss.start().toString())
        .put("end", Objects.requireNonNull(loss.end()).toString())
        .encode();
  }

  /** The loss that was written by {@link #loss}; empty where there was none. */
  static Optional<OutputLoss> readLoss(Path directory) throws IOException {
    Path file = directory.resolve(LOSS);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonObject json = new JsonObject(Files.readString(file));
    return Optional.of(
        new OutputLoss(
            json.getString("errno"),
            Instant.parse(json.getString("start")),
            Instant.parse(json.getString("end")),
            false)); // what is certain is on record with the exit
  }

  /** An end that the runner did not see: a start that failed, or a job that was lost. */
  static String end(Job job) {
    if (!(job.state() instanceof JobState.Ended ended)) {
      throw new IllegalArgumentException("job " + job.id() + " has not ended");
    }
    JsonObject json =
        new JsonObject()
            .put("state", ended.name().name())
            .put("end_time", ended.completion().endTime().toString());
    if (!ended.end().survivors().isEmpty()) {
      json.put("survivors", new JsonArray(ended.end().survivors()));
    }
    return switch (ended.end().cause()) {
      case JobEnd.StartFailed failed ->
          json.put("errno", failed.errno()).put("message", failed.message()).encode();
      case JobEnd.Unobserved unobserved -> json.put("message", unobserved.message()).encode();
      case JobEnd.Exited _, JobEnd.Signalled _, JobEnd.OutOfMemory _, JobEnd.OutputLimit _ ->
          throw new IllegalArgumentException("the runner records the end of job " + job.id());
    };
  }

  /** The end that was written by {@link #end}. */
  static JobState.Ended readEnd(String text, JobState.@Nullable ProcessStart process) {
    JsonObject json = new JsonObject(text);
    String message = json.getString("message");
    String errno = json.getString("errno");
    JobEnd.Cause cause =
        errno == null ? new JobEnd.Unobserved(message) : new JobEnd.StartFailed(errno, message);
    List<Integer> survivors =
        json.getJsonArray("survivors", new JsonArray()).stream().map(Integer.class::cast).toList();
    Completion completion = Completion.unused(process, Instant.parse(json.getString("end_time")));
    return new JobState.Ended(
        JobState.Name.valueOf(json.getString("state")), new JobEnd(cause, survivors), completion);
  }
}
