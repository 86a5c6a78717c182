package io.orrery.bench;

import io.orrery.config.TlsFiles;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Tls;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Readers of a job's output that have asked for it, and then take nothing. */
final class StalledFollowers {
  private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(600));

  private final Vertx vertx;
  private final TlsFiles files;
  private final List<RpcClient> clients = new ArrayList<>();
  private final List<ReplySource> sources = new ArrayList<>();

  StalledFollowers(Vertx vertx, TlsFiles files) {
    this.vertx = vertx;
    this.files = files;
  }

  /** Opens so many streams in all, spread over so many clients, each with a connection. */
  Future<String> open(SocketAddress address, String jobId, int followers, int count) {
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(jobId).build();
    for (int i = 0; i < count; i++) {
      clients.add(RpcClient.create(vertx, Tls.client(files)));
    }
    List<Future<ReplySource>> opened = new ArrayList<>();
    for (int i = 0; i < followers; i++) {
      RpcClient client = clients.get(clients.size() - 1 - i % count);
      opened.add(
          client
              .stream(address, _ -> true, WorkerGrpcClient.StreamJob, request, OPTIONS)
              .onSuccess(sources::add));
    }
    return Future.all(opened).map("");
  }

  Future<String> close() {
    sources.forEach(ReplySource::cancel);
    sources.clear();
    List<Future<Void>> closing = clients.stream().map(RpcClient::close).toList();
    clients.clear();
    return Future.all(closing).map("");
  }
}
