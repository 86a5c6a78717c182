package io.orrery.http;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.vertx.core.http.HttpMethod;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a method is found.
 *
 * @param path a template, {@code /v1/jobs/{job_id}:stop}, with one field of the request at the most
 */
record Route(HttpMethod verb, String path, MethodDescriptor rpc) {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_]+)}");

  /** The name of the group of {@link #regex} that is the variable. */
  static final String GROUP = "variable";

  /** The full name of the method, {@code orrery.v1.Worker/StopJob}. */
  String method() {
    return rpc.getService().getFullName() + "/" + rpc.getName();
  }

  boolean hasBody() {
    return verb.equals(HttpMethod.POST);
  }

  /** The field of the request that stands in the path. */
  Optional<FieldDescriptor> variable() {
    Matcher matcher = VARIABLE.matcher(path);
    return matcher.find()
        ? Optional.of(
            Objects.requireNonNull(
                rpc.getInputType().findFieldByName(matcher.group(1)), matcher.group(1)))
        : Optional.empty();
  }

  String regex() {
    return VARIABLE.matcher(path).replaceAll("(?<" + GROUP + ">[^/:]+)");
  }
}
