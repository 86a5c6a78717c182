package io.orrery.store;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Jobs as the fields of a hash, in the order of the scripts. */
final class RedisRows {
  private RedisRows() {}

  static void add(Request request, StoredJob job) {
    request
        .arg(RedisKeys.ascending(job.sequence()))
        .arg(job.owner())
        .arg(job.state().name())
        .arg(job.workerId())
        .arg(Integer.toString(job.priority()))
        .arg(RedisKeys.descending(EpochNanos.of(job.createTime())))
        .arg(RedisKeys.end(job.endTime()))
        .arg(SqliteRows.json(job.labels()))
        .arg(job.body());
  }

  /** Empty where the fields are nil. */
  static Optional<StoredJob> job(String id, Response fields) {
    if (fields.get(0) == null) {
      return Optional.empty();
    }
    String ended = fields.get(6).toString();
    return Optional.of(
        new StoredJob(
            new JobId(id),
            RedisKeys.fromAscending(fields.get(0).toString()),
            fields.get(1).toString(),
            JobState.Name.valueOf(fields.get(2).toString()),
            fields.get(3).toString(),
            (int) number(fields.get(4)),
            EpochNanos.at(RedisKeys.fromDescending(fields.get(5).toString())),
            ended.isEmpty() ? null : EpochNanos.at(RedisKeys.fromAscending(ended)),
            SqliteRows.labels(fields.get(7).toString()),
            bytes(fields.get(8))));
  }

  /** A page of the script {@code PAGE}. */
  static JobIndex.Slice slice(Response page) {
    List<StoredJob> jobs = new ArrayList<>();
    for (int i = 1; i < page.size(); i++) {
      job(page.get(i).get(0).toString(), page.get(i).get(1)).ifPresent(jobs::add);
    }
    return new JobIndex.Slice(jobs, number(page.get(0)) == 1);
  }

  static long number(Response answer) {
    return Long.parseLong(answer.toString());
  }

  static Buffer bytes(Response bulk) {
    byte[] bytes = bulk.toBytes();
    return Buffer.buffer(bytes == null ? new byte[0] : bytes);
  }
}
