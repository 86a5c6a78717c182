package io.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.orrery.v1.SchedulerProto;
import io.orrery.v1.WorkerProto;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the document that is served against the proto, which knows nothing of it. */
class OpenApiIT {
  /** What workers alone call, and what goes both ways. */
  private static final Set<String> NOT_HTTP =
      Set.of("RegisterWorker", "DeregisterWorker", "Heartbeat", "AttachJob");

  @TempDir static Path home;
  private static Curl curl;
  private static JsonNode document;

  @BeforeAll
  static void start() throws Exception {
    curl = Curl.start(home);
    curl.fleet().startWorker("w1");
    Curl.Answer answer = curl.as("vera", "/openapi.json");
    assertThat(answer.code()).isEqualTo(200);
    assertThat(answer.has("content-type: application/json")).isTrue();
    document = answer.json();
  }

  @AfterAll
  static void stop() {
    curl.close();
  }

  private static Stream<MethodDescriptor> methods() {
    return Stream.concat(
            WorkerProto.getDescriptor().getServices().stream(),
            SchedulerProto.getDescriptor().getServices().stream())
        .map(ServiceDescriptor::getMethods)
        .flatMap(List::stream);
  }

  private static Map<String, JsonNode> operations() {
    Map<String, JsonNode> found = new HashMap<>();
    document
        .get("paths")
        .forEach(path -> path.forEach(one -> found.put(one.get("operationId").asText(), one)));
    return found;
  }

  @Test
  void everyMethodHasAPathOrAReasonForNone() {
    assertThat(document.get("openapi").asText()).startsWith("3.1.");
    assertThat(operations().keySet())
        .containsExactlyInAnyOrderElementsOf(
            methods().map(MethodDescriptor::getName).filter(n -> !NOT_HTTP.contains(n)).toList());
  }

  @Test
  void everyFieldOfARequestIsInItsBodyOrAParameterAndNoOther() {
    Map<String, JsonNode> operations = operations();
    methods()
        .filter(method -> operations.containsKey(method.getName()))
        .forEach(
            method -> {
              JsonNode operation = operations.get(method.getName());
              Set<String> expected = new HashSet<>();
              method.getInputType().getFields().forEach(field -> expected.add(field.getName()));
              JsonNode body = operation.at("/requestBody/content/application~1json/schema");
              if (body.isMissingNode()) {
                if (method.getName().equals("StreamJob")) {
                  expected.addAll(Set.of("offset", "skip_gaps", "Last-Event-ID"));
                }
                assertThat(operation.get("parameters").findValuesAsText("name"))
                    .as(method.getName())
                    .containsExactlyInAnyOrderElementsOf(expected);
              } else {
                check(method.getInputType(), body, new HashSet<>());
              }
            });
  }

  @Test
  void everyFieldOfAnAnswerHasItsTypeAndThereIsNoOther() {
    Map<String, JsonNode> operations = operations();
    Set<String> seen = new HashSet<>();
    methods()
        .filter(method -> operations.containsKey(method.getName()))
        .forEach(
            method -> {
              JsonNode content = operations.get(method.getName()).at("/responses/200/content");
              JsonNode media =
                  content.has("application/x-ndjson")
                      ? content.get("application/x-ndjson")
                      : content.get("application/json");
              check(method.getOutputType(), media.get("schema"), seen);
            });
    assertThat(seen).contains("Job", "JobSpec", "Limits", "WorkerNode", "OutputChunk");
  }

  private static void check(Descriptor type, JsonNode schema, Set<String> seen) {
    assertThat(schema.get("$ref").asText()).isEqualTo("#/components/schemas/" + type.getName());
    if (!seen.add(type.getName())) {
      return;
    }
    JsonNode found = document.at("/components/schemas/" + type.getName());
    assertThat(found.get("additionalProperties").asBoolean(true)).isFalse();
    Set<String> names = new HashSet<>();
    found.get("properties").fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .as(type.getName())
        .containsExactlyInAnyOrderElementsOf(
            type.getFields().stream().map(FieldDescriptor::getName).toList());
    for (FieldDescriptor field : type.getFields()) {
      JsonNode property = found.get("properties").get(field.getName());
      if (field.isMapField()) {
        assertThat(property.get("type").asText()).isEqualTo("object");
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        check(value, property.get("additionalProperties"), seen);
      } else if (field.isRepeated()) {
        assertThat(property.get("type").asText()).isEqualTo("array");
        check(field, property.get("items"), seen);
      } else {
        check(field, property, seen);
      }
    }
  }

  private static void check(FieldDescriptor field, JsonNode schema, Set<String> seen) {
    String type = schema.path("type").asText() + " " + schema.path("format").asText();
    switch (field.getJavaType()) {
      case BOOLEAN -> assertThat(type).isEqualTo("boolean ");
      case INT -> assertThat(type).isEqualTo("integer int32");
      case LONG -> assertThat(type).isEqualTo("string int64");
      case DOUBLE -> assertThat(type).isEqualTo("number double");
      case FLOAT -> assertThat(type).isEqualTo("number float");
      case STRING -> assertThat(schema.toString()).isEqualTo("{\"type\":\"string\"}");
      case BYTE_STRING -> assertThat(schema.path("contentEncoding").asText()).isEqualTo("base64");
      case ENUM ->
          assertThat(schema.get("enum"))
              .extracting(JsonNode::asText)
              .containsExactlyElementsOf(
                  field.getEnumType().getValues().stream().map(v -> v.getName()).toList());
      case MESSAGE -> {
        switch (field.getMessageType().getFullName()) {
          case "google.protobuf.Timestamp" -> assertThat(type).isEqualTo("string date-time");
          case "google.protobuf.Duration" -> assertThat(schema.has("pattern")).isTrue();
          default -> check(field.getMessageType(), schema, seen);
        }
      }
    }
  }

  @Test
  void whatIsAnsweredIsWhatTheDocumentSays() throws Exception {
    String id = curl.startShell("true");
    curl.awaitState(id, "JOB_STATE_SUCCEEDED");

    JsonNode job = curl.get("/v1/jobs/" + id).json().get("job");

    job.properties()
        .forEach(
            entry -> {
              JsonNode schema = document.at("/components/schemas/Job/properties/" + entry.getKey());
              assertThat(schema.isMissingNode()).as(entry.getKey()).isFalse();
              String type = schema.path("type").asText("object");
              assertThat(entry.getValue().getNodeType().name().toLowerCase(Locale.ROOT))
                  .as(entry.getKey())
                  .isEqualTo(type.equals("integer") ? "number" : type);
            });
  }
}
