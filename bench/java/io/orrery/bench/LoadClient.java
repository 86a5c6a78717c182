package io.orrery.bench;

import io.orrery.config.TlsFiles;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Tls;
import io.orrery.v1.JobState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what its standard input says, an order a line, and answers each with a line: {@code ok} and
 * what was asked for, or {@code failed} and why. It stays warm from one order to the next.
 *
 * <pre>
 * ready [SERVER]                          the scheduler has a worker
 * latency SERVER MILLIS FILE              one client; a sample a job
 * rate SERVER CLIENTS MILLIS FILE         a sample
 * bytes SERVER READERS FILE JOB           a sample
 * live SERVER READERS FILE COMMAND ARG... a sample
 * lines SERVER FILE COMMAND ARG...        a sample a line
 * start SERVER COMMAND ARG...             answers with the id
 * wait SERVER JOB
 * query SERVER JOB SECONDS                 until there is an answer
 * kill SERVER JOB...
 * stall SERVER FOLLOWERS CLIENTS JOB      followers that take nothing, from several clients, until they are let go
 * release SERVER                          lets them go
 * placed SERVER JOB SECONDS               when the job has come to a worker
 * fill SERVER JOBS CALLS FILE             jobs that wait; samples of others' QueryJob to FILE, answers with jobs a second
 * </pre>
 *
 * SERVER is {@code worker}, {@code scheduler} or {@code queue}; samples are appended to FILE.
 */
final class LoadClient {
  private static final int LONGEST_SECONDS = 280; // bench/run waits 300

  private final Vertx vertx;
  private final Context context;
  private final Map<String, Server> servers;
  private final StalledFollowers stalled;

  private LoadClient(Vertx vertx, TlsFiles files, Map<String, Server> servers) {
    this.vertx = vertx;
    this.stalled = new StalledFollowers(vertx, files);
    this.context = vertx.getOrCreateContext();
    this.servers = servers;
  }

  /** Arguments: the certificates' directory; the ports of scheduler, worker and queue's scheduler. */
  public static void main(String[] args) throws IOException {
    Path certs = Path.of(args[0]);
    TlsFiles files =
        new TlsFiles(
            certs.resolve("ca.crt"), certs.resolve("admin.crt"), certs.resolve("admin.key"));
    Vertx vertx = Vertx.vertx();
    RpcClient client = RpcClient.create(vertx, Tls.client(files));
    LoadClient load =
        new LoadClient(
            vertx,
            files,
            Map.of(
                "scheduler", server(client, args[1]),
                "worker", server(client, args[2]),
                "queue", server(client, args[3])));
    load.obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    System.exit(0);
  }

  private static Server server(RpcClient client, String port) {
    return new Server(client, SocketAddress.inetSocketAddress(Integer.parseInt(port), "127.0.0.1"));
  }

  private void obey(BufferedReader orders) throws IOException {
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      System.out.println(answer(List.of(order.split(" "))));
    }
  }

  private String answer(List<String> order) {
    try {
      return "ok " + order(order);
    } catch (Exception e) {
      return "failed " + String.valueOf(e.getMessage()).replace('\n', ' ');
    }
  }

  private String order(List<String> words) throws Exception {
    String verb = words.getFirst();
    if (verb.equals("ready")) {
      return ready(servers.get(words.size() > 1 ? words.get(1) : "scheduler"));
    }
    Server server = servers.get(words.get(1));
    List<String> rest = words.subList(2, words.size());
    return switch (verb) {
      case "latency" -> save(rest.get(1), () -> Measures.latency(server, millis(rest.get(0))));
      case "rate" ->
          save(
              rest.get(2),
              () -> Measures.rate(server, Integer.parseInt(rest.get(0)), millis(rest.get(1))));
      case "bytes" ->
          save(
              rest.get(1),
              () -> Measures.bytes(server, rest.get(2), Integer.parseInt(rest.get(0))));
      case "live" ->
          save(
              rest.get(1),
              () ->
                  Measures.live(
                      server, rest.subList(2, rest.size()), Integer.parseInt(rest.get(0))));
      case "lines" -> save(rest.get(0), () -> Measures.lines(server, rest.subList(1, rest.size())));
      case "fill" -> fill(server, Integer.parseInt(rest.get(0)), Integer.parseInt(rest.get(1)), rest.get(2));
      case "start" -> await(() -> server.start(rest));
      case "wait" -> await(() -> server.read(rest.getFirst(), _ -> {}).map(""));
      case "query" -> query(server, rest.get(0), Integer.parseInt(rest.get(1)));
      case "placed" -> placed(server, rest.get(0), Integer.parseInt(rest.get(1)));
      case "stall" ->
          await(
              () ->
                  stalled.open(
                      server.address(),
                      rest.get(2),
                      Integer.parseInt(rest.get(0)),
                      Integer.parseInt(rest.get(1))));
      case "release" -> await(stalled::close);
      case "kill" -> await(() -> Future.all(rest.stream().map(server::kill).toList()).map(""));
      default -> throw new IllegalArgumentException("no such order: " + verb);
    };
  }

  private String query(Server server, String job, int seconds) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      try {
        return await(() -> server.query(job)).getState().toString();
      } catch (Exception notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private String placed(Server server, String job, int seconds) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (await(() -> server.query(job)).getState() == JobState.JOB_STATE_QUEUED) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("job " + job + " still waits");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return "";
  }

  private String fill(Server server, int jobs, int calls, String file) throws Exception {
    QueueFill fill = new QueueFill(server, jobs, calls);
    double rate = await(fill::run);
    fill.queries().appendTo(Path.of(file));
    return String.format(Locale.ROOT, "%.1f", rate);
  }

  private static long millis(String text) {
    return Long.parseLong(text);
  }

  private String ready(Server server) throws Exception {
    for (int tries = 0; tries < 600; tries++) {
      try {
        if (await(server::hasWorker)) {
          return "";
        }
      } catch (Exception notYet) {
        // asked again below
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IllegalStateException("the scheduler has had no worker for a minute");
  }

  private String save(String file, Supplier<Future<Samples>> measure) throws Exception {
    Samples samples = await(measure);
    if (samples.size() == 0) {
      throw new IllegalStateException("not one was done in the time");
    }
    samples.appendTo(Path.of(file));
    return "";
  }

  /** The result of what is run on the event loop. */
  private <T> T await(Supplier<Future<T>> action) throws Exception {
    Promise<T> result = Promise.promise();
    context.runOnContext(
        _ -> {
          try {
            action.get().onComplete(result);
          } catch (RuntimeException e) {
            result.fail(e);
          }
        });
    return result.future().await(LONGEST_SECONDS, TimeUnit.SECONDS);
  }
}
