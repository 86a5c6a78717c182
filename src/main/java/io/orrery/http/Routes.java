package io.orrery.http;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.orrery.v1.SchedulerProto;
import io.orrery.v1.WorkerProto;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What there is, and where (AIP-127, AIP-136). */
final class Routes {
  static final String OPEN_API = "/openapi.json";
  static final String OUTPUT = "/v1/jobs/{job_id}/output";

  static final List<Route> ALL =
      List.of(
          new Route(HttpMethod.POST, "/v1/jobs", worker("StartJob")),
          new Route(HttpMethod.GET, "/v1/jobs", worker("ListJobs")),
          new Route(HttpMethod.GET, "/v1/jobs/{job_id}", worker("QueryJob")),
          new Route(HttpMethod.POST, "/v1/jobs/{job_id}:stop", worker("StopJob")),
          new Route(HttpMethod.POST, "/v1/jobs/{job_id}:signal", worker("SignalJob")),
          new Route(HttpMethod.GET, "/v1/jobs/{job_id}:explain", scheduler("ExplainJob")),
          new Route(HttpMethod.GET, OUTPUT, worker("StreamJob")),
          new Route(HttpMethod.GET, "/v1/workers", scheduler("ListWorkers")),
          new Route(HttpMethod.POST, "/v1/workers/{worker_id}:drain", scheduler("DrainWorker")),
          new Route(HttpMethod.POST, "/v1/workers/{worker_id}:resume", scheduler("ResumeWorker")),
          new Route(HttpMethod.POST, "/v1/workers/{worker_id}:forget", scheduler("ForgetWorker")));

  private Routes() {}

  /** By path, and there by verb. */
  static Map<String, Map<HttpMethod, Route>> byPath() {
    return ALL.stream()
        .collect(
            Collectors.groupingBy(
                Route::path,
                LinkedHashMap::new,
                Collectors.toMap(Route::verb, route -> route, (a, _) -> a, LinkedHashMap::new)));
  }

  private static MethodDescriptor worker(String method) {
    return method(WorkerProto.getDescriptor(), "Worker", method);
  }

  private static MethodDescriptor scheduler(String method) {
    return method(SchedulerProto.getDescriptor(), "Scheduler", method);
  }

  private static MethodDescriptor method(FileDescriptor file, String service, String method) {
    ServiceDescriptor found = Objects.requireNonNull(file.findServiceByName(service), service);
    return Objects.requireNonNull(found.findMethodByName(method), method);
  }
}
