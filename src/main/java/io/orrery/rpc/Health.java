package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListRequest;
import io.vertx.grpc.health.v1.HealthListResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code grpc.health.v1}: a service is SERVING as long as its server answers. Vert.x's own service
 * stands outside the guard, so that only its messages are used.
 */
final class Health {
  static final ServiceName NAME = ServiceName.create("grpc.health.v1", "Health");
  private static final ServiceMethod<HealthCheckRequest, HealthCheckResponse> CHECK =
      ServiceMethod.server(
          NAME,
          "Check",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(HealthCheckRequest.getDefaultInstance()));
  private static final ServiceMethod<HealthCheckRequest, HealthCheckResponse> WATCH =
      ServiceMethod.server(
          NAME,
          "Watch",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(HealthCheckRequest.getDefaultInstance()));
  private static final ServiceMethod<HealthListRequest, HealthListResponse> LIST =
      ServiceMethod.server(
          NAME,
          "List",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(HealthListRequest.getDefaultInstance()));

  private final List<String> services;

  private Health(List<String> services) {
    this.services = services;
  }

  /** Serves the health of these services and of the server as a whole, whose name is "". */
  static void bind(RpcServer server, List<String> services) {
    List<String> all = new ArrayList<>(services);
    all.add("");
    Health health = new Health(all);
    server
        .unary(CHECK, (_, request) -> health.check(request.getService()))
        .unary(LIST, (_, _) -> health.list())
        .serverStream(WATCH, (_, request, replies) -> health.watch(request.getService(), replies));
  }

  private static HealthCheckResponse response(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  private Future<HealthCheckResponse> check(String service) {
    return services.contains(service)
        ? Future.succeededFuture(response(ServingStatus.SERVING))
        : Future.failedFuture(
            new ApiException(
                Reason.SERVICE_NOT_FOUND,
                "no service " + service + " is served here",
                Map.of("service", service)));
  }

  private Future<HealthListResponse> list() {
    HealthListResponse.Builder all = HealthListResponse.newBuilder();
    services.forEach(service -> all.putStatuses(service, response(ServingStatus.SERVING)));
    return Future.succeededFuture(all.build());
  }

  /** The stream stays open, as the protocol asks; a stop of the server ends it. */
  private void watch(String service, ReplyStream replies) {
    ServingStatus status =
        services.contains(service) ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN;
    replies.write(Buffer.buffer(response(status).toByteArray()));
  }
}
