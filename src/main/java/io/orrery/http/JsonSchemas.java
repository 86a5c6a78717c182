package io.orrery.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/**
 * JSON schemas of messages, as protobuf's JSON mapping writes them; each is made once and then
 * referred to. The names of their fields are the proto's.
 */
final class JsonSchemas {
  private final ObjectNode all = StrictJson.object();

  /** Those that were asked for, and all that they refer to. */
  ObjectNode all() {
    return all;
  }

  /** Where the schema of a message stands. */
  ObjectNode reference(Descriptor type) {
    if (!all.has(type.getName())) {
      ObjectNode schema = all.putObject(type.getName()).put("type", "object");
      ObjectNode properties = schema.putObject("properties");
      type.getFields().forEach(field -> properties.set(field.getName(), of(field)));
      schema.put("additionalProperties", false);
    }
    return StrictJson.object().put("$ref", "#/components/schemas/" + type.getName());
  }

  ObjectNode of(FieldDescriptor field) {
    ObjectNode schema = StrictJson.object();
    if (field.isMapField()) {
      schema.put("type", "object");
      schema.set("additionalProperties", single(field.getMessageType().findFieldByName("value")));
    } else if (field.isRepeated()) {
      schema.put("type", "array");
      schema.set("items", single(field));
    } else {
      return single(field);
    }
    return schema;
  }

  private ObjectNode single(FieldDescriptor field) {
    ObjectNode schema = StrictJson.object();
    return switch (field.getType()) {
      case BOOL -> schema.put("type", "boolean");
      case INT32, SINT32, SFIXED32 -> schema.put("type", "integer").put("format", "int32");
      case UINT32, FIXED32 -> schema.put("type", "integer").put("format", "uint32");
      case INT64, SINT64, SFIXED64 -> schema.put("type", "string").put("format", "int64");
      case UINT64, FIXED64 -> schema.put("type", "string").put("format", "uint64");
      case DOUBLE -> schema.put("type", "number").put("format", "double");
      case FLOAT -> schema.put("type", "number").put("format", "float");
      case STRING -> schema.put("type", "string");
      case BYTES -> schema.put("type", "string").put("contentEncoding", "base64");
      case ENUM -> {
        ArrayNode values = schema.put("type", "string").putArray("enum");
        field.getEnumType().getValues().forEach(value -> values.add(value.getName()));
        yield schema;
      }
      case MESSAGE, GROUP -> message(field.getMessageType());
    };
  }

  private ObjectNode message(Descriptor type) {
    ObjectNode schema = StrictJson.object();
    return switch (type.getFullName()) {
      case "google.protobuf.Timestamp" -> schema.put("type", "string").put("format", "date-time");
      case "google.protobuf.Duration" ->
          schema.put("type", "string").put("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
      case "google.protobuf.Any" -> any(schema);
      default -> reference(type);
    };
  }

  /** A detail of an error: an object that names its own type. */
  private static ObjectNode any(ObjectNode schema) {
    schema.put("type", "object").putObject("properties").putObject("@type").put("type", "string");
    schema.putArray("required").add("@type");
    return schema;
  }
}
