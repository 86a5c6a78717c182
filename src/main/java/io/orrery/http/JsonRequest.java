package io.orrery.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of JSON. Fields may be named as in the proto or in lowerCamelCase; one that is
 * unknown or has a wrong value is an error that names it, and one error names all of them.
 */
final class JsonRequest {
  private static final JsonFormat.Parser PARSER = JsonFormat.parser();
  private static final int MOST = 200;

  private final List<FieldViolation> violations = new ArrayList<>();

  private JsonRequest() {}

  /**
   * The message, with what the path says of it.
   *
   * @throws ApiException INVALID_REQUEST
   */
  static DynamicMessage parse(ObjectNode json, Route route, @Nullable String variable) {
    JsonRequest request = new JsonRequest();
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(route.rpc().getInputType());
    json.properties().forEach(entry -> request.merge(entry, builder));
    route.variable().ifPresent(field -> request.place(field, String.valueOf(variable), builder));
    if (!request.violations.isEmpty()) {
      throw ApiException.invalid(request.violations);
    }
    return builder.build();
  }

  /** One field at a time, as protobuf's errors do not say which one they are about. */
  private void merge(Map.Entry<String, JsonNode> entry, DynamicMessage.Builder builder) {
    ObjectNode alone = StrictJson.object();
    alone.set(entry.getKey(), entry.getValue());
    int before = violations.size();
    findUnknown(alone, builder.getDescriptorForType(), "");
    if (violations.size() > before) {
      return;
    }
    try {
      PARSER.merge(StrictJson.text(alone), builder);
    } catch (InvalidProtocolBufferException e) {
      violations.add(new FieldViolation(entry.getKey(), "cannot be read: " + cut(e)));
    }
  }

  private static String cut(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.length() <= MOST ? message : message.substring(0, MOST) + "…";
  }

  private void findUnknown(JsonNode json, Descriptor type, String prefix) {
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      FieldDescriptor field = field(type, entry.getKey());
      String name = prefix + entry.getKey();
      if (field == null) {
        violations.add(new FieldViolation(name, "is not a field of " + type.getName()));
      } else if (isPlainMessage(field)) {
        JsonNode value = entry.getValue();
        (value.isArray() ? value : List.of(value))
            .forEach(one -> findUnknown(one, field.getMessageType(), name + "."));
      }
    }
  }

  /** The path wins only over nothing, and over the same. */
  private void place(FieldDescriptor field, String value, DynamicMessage.Builder builder) {
    Object before = builder.getField(field);
    if (before.equals("") || before.equals(value)) {
      builder.setField(field, value);
    } else {
      violations.add(
          new FieldViolation(field.getName(), "must be left out, or be that of the path"));
    }
  }

  static @Nullable FieldDescriptor field(Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field != null) {
      return field;
    }
    return type.getFields().stream()
        .filter(one -> one.getJsonName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** A message whose JSON is an object of its fields: no map, no time. */
  static boolean isPlainMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.isMapField()
        && !field.getMessageType().getFile().getPackage().equals("google.protobuf");
  }
}
