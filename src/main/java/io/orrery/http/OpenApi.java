package io.orrery.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.rpc.Status;
import io.orrery.v1.StreamJobResponse;
import java.util.Locale;
import java.util.Optional;

/** The OpenAPI 3.1 document of all {@link Routes}, made of the descriptors of the proto. */
final class OpenApi {
  private final ObjectNode root = StrictJson.object();
  private final JsonSchemas schemas = new JsonSchemas();

  private OpenApi() {}

  static String document() {
    return StrictJson.text(new OpenApi().build());
  }

  private ObjectNode build() {
    root.put("openapi", "3.1.0");
    root.putObject("info")
        .put("title", "Orrery")
        .put("version", "v1")
        .put(
            "description",
            "Every path is a method of the gRPC services of the package orrery.v1, whose files"
                + " explain the fields.");
    ObjectNode paths = root.putObject("paths");
    Routes.byPath()
        .forEach(
            (path, routes) -> {
              ObjectNode item = paths.putObject(path);
              routes.values().forEach(route -> operation(item, route));
            });
    schemas.reference(Status.getDescriptor());
    ObjectNode components = root.putObject("components");
    components.set("schemas", schemas.all());
    components
        .putObject("securitySchemes")
        .putObject("certificate")
        .put("type", "mutualTLS")
        .put("description", "A certificate of orrery certs; its role says what it may call.");
    root.putArray("security").addObject().putArray("certificate");
    return root;
  }

  private void operation(ObjectNode item, Route route) {
    ObjectNode operation = item.putObject(route.verb().name().toLowerCase(Locale.ROOT));
    operation.put("operationId", route.rpc().getName());
    operation.put("description", "The method " + route.method() + ".");
    ArrayNode parameters = operation.putArray("parameters");
    route.variable().ifPresent(field -> inPath(parameters.addObject(), field));
    if (route.hasBody()) {
      content(
          operation.putObject("requestBody"),
          JsonReply.TYPE,
          schemas.reference(route.rpc().getInputType()));
    } else {
      route.rpc().getInputType().getFields().stream()
          .filter(field -> !route.variable().equals(Optional.of(field)))
          .forEach(field -> inQuery(parameters.addObject(), field));
    }
    ObjectNode responses = operation.putObject("responses");
    ObjectNode ok = responses.putObject("200").put("description", "OK");
    if (route.path().equals(Routes.OUTPUT)) {
      output(parameters, responses, ok);
    } else {
      content(ok, JsonReply.TYPE, schemas.reference(route.rpc().getOutputType()));
    }
    content(
        responses.putObject("default").put("description", "An error."),
        JsonReply.TYPE,
        schemas.reference(Status.getDescriptor()));
  }

  private void output(ArrayNode parameters, ObjectNode responses, ObjectNode ok) {
    parameter(parameters.addObject(), "query", "offset")
        .put("type", "string")
        .put("format", "int64");
    parameter(parameters.addObject(), "query", "skip_gaps").put("type", "boolean");
    parameter(parameters.addObject(), "header", "Last-Event-ID").put("type", "string");
    ObjectNode types = ok.putObject("content");
    types.putObject(RawOutput.TYPE);
    for (String lines : new String[] {JsonLines.TYPE, JsonLines.OTHER_TYPE}) {
      types.putObject(lines).set("schema", schemas.reference(StreamJobResponse.getDescriptor()));
    }
    types.putObject(EventStream.TYPE).putObject("schema").put("type", "string");
    responses
        .putObject("204")
        .put("description", "Last-Event-ID was that of the end: nothing will follow.");
  }

  private static ObjectNode parameter(ObjectNode parameter, String in, String name) {
    return parameter.put("name", name).put("in", in).putObject("schema");
  }

  private void inPath(ObjectNode parameter, FieldDescriptor field) {
    parameter.put("name", field.getName()).put("in", "path").put("required", true);
    parameter.set("schema", schemas.of(field));
  }

  private void inQuery(ObjectNode parameter, FieldDescriptor field) {
    parameter.put("name", field.getName()).put("in", "query");
    if (field.isMapField() || JsonRequest.isPlainMessage(field)) {
      parameter.put("style", "deepObject").put("explode", true);
    }
    parameter.set("schema", schemas.of(field));
  }

  private static void content(ObjectNode of, String type, ObjectNode schema) {
    of.putObject("content").putObject(type).set("schema", schema);
  }
}
