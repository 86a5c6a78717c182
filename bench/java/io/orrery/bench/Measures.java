package io.orrery.bench;

import io.orrery.v1.Job;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What can be measured; everything runs on the event loop that calls. */
final class Measures {
  private Measures() {}

  /** The microseconds from the start of a job to the news of its end, of each job of one client. */
  static Future<Samples> latency(Server server, long millis) {
    Samples samples = new Samples();
    return JobClient.run(server, samples, end(millis)).map(samples);
  }

  /** The jobs a second of so many clients. */
  static Future<Samples> rate(Server server, int clients, long millis) {
    Samples jobs = new Samples();
    long begin = System.nanoTime();
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      all.add(JobClient.run(server, jobs, end(millis)));
    }
    return Future.all(all).map(_ -> one("%.2f", jobs.size() / (nanosSince(begin) / 1e9)));
  }

  /** The megabytes (a million bytes) a second of so many readers together, from the first byte. */
  static Future<Samples> bytes(Server server, String jobId, int readers) {
    return read(server, jobId, readers, System.nanoTime());
  }

  /** The same of a job that is read while it runs; the time begins with its start. */
  static Future<Samples> live(Server server, List<String> command, int readers) {
    long begin = System.nanoTime();
    return server.start(command).compose(id -> read(server, id, readers, begin));
  }

  private static Future<Samples> read(Server server, String jobId, int readers, long begin) {
    List<Future<Job>> all = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      all.add(server.read(jobId, _ -> {}));
    }
    return Future.all(all)
        .map(
            jobs ->
                one(
                    "%.2f",
                    jobs.<Job>list().stream().mapToLong(Job::getStdoutBytes).sum()
                        / (nanosSince(begin) / 1e3)));
  }

  /** How many microseconds old each line of a job is when it comes. */
  static Future<Samples> lines(Server server, List<String> command) {
    Samples samples = new Samples();
    LineLag lag = new LineLag(samples);
    return server
        .start(command)
        .compose(id -> server.read(id, chunk -> lag.take(chunk.bytes())))
        .map(samples);
  }

  private static Samples one(String format, double value) {
    Samples samples = new Samples();
    samples.add(format, value);
    return samples;
  }

  private static double nanosSince(long begin) {
    return System.nanoTime() - begin;
  }

  private static long end(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
