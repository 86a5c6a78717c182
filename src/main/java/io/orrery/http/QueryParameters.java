package io.orrery.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.orrery.job.ApiException;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of a request as parameters of a query: {@code states=running&states=queued}, {@code
 * labels.team=x} or {@code labels[team]=x}, {@code from.stdout_offset=10}; the values of an enum
 * also in short and small letters.
 */
final class QueryParameters {
  private static final Pattern BRACKETS = Pattern.compile("([^\\[]+)\\[(.+)]");

  private QueryParameters() {}

  /**
   * The same as JSON, for {@link JsonRequest}.
   *
   * @throws ApiException INVALID_REQUEST when a field that has one value is given several
   */
  static ObjectNode json(MultiMap query, Descriptor type) {
    ObjectNode json = StrictJson.object();
    for (Map.Entry<String, String> parameter : query) {
      Matcher brackets = BRACKETS.matcher(parameter.getKey());
      String name =
          brackets.matches() ? brackets.group(1) + "." + brackets.group(2) : parameter.getKey();
      put(json, type, name, parameter);
    }
    return json;
  }

  private static void put(
      ObjectNode json, Descriptor type, String name, Map.Entry<String, String> parameter) {
    int dot = name.indexOf('.');
    String first = dot < 0 ? name : name.substring(0, dot);
    FieldDescriptor field = JsonRequest.field(type, first);
    if (field == null) {
      json.put(name, parameter.getValue());
    } else if (dot >= 0 && field.isMapField()) {
      set(child(json, first), name.substring(dot + 1), parameter);
    } else if (dot >= 0 && JsonRequest.isPlainMessage(field)) {
      put(child(json, first), field.getMessageType(), name.substring(dot + 1), parameter);
    } else if (dot >= 0) {
      json.put(name, parameter.getValue());
    } else if (field.isRepeated() && !field.isMapField()) {
      ArrayNode values = json.get(first) instanceof ArrayNode array ? array : json.putArray(first);
      values.add(value(field, parameter.getValue()));
    } else {
      set(json, first, Map.entry(parameter.getKey(), value(field, parameter.getValue())));
    }
  }

  private static ObjectNode child(ObjectNode json, String name) {
    return json.get(name) instanceof ObjectNode object ? object : json.putObject(name);
  }

  private static void set(ObjectNode json, String name, Map.Entry<String, String> parameter) {
    if (json.has(name)) {
      throw ApiException.invalid(parameter.getKey(), "must not be given twice");
    }
    json.put(name, parameter.getValue());
  }

  private static String value(FieldDescriptor field, String text) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> text.isEmpty() ? "true" : text;
      case ENUM -> value(field.getEnumType(), text);
      case INT, LONG, FLOAT, DOUBLE, STRING, BYTE_STRING, MESSAGE -> text;
    };
  }

  private static String value(EnumDescriptor type, String text) {
    String word = text.replace('-', '_').toUpperCase(Locale.ROOT);
    String whole = prefix(type) + word;
    return type.findValueByName(whole) == null ? text : whole;
  }

  /** What the names of the values begin with: {@code JOB_STATE_} of JobState. */
  static String prefix(EnumDescriptor type) {
    return type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT) + "_";
  }
}
