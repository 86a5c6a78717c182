package io.orrery.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.util.Set;
import java.util.TreeSet;

/** Messages with every field set to a value of its own, found by their descriptors. */
final class Filled {
  private int next = 1;

  private Filled() {}

  /** The message with all its fields set, those of messages within it too. */
  @SuppressWarnings("unchecked")
  static <M extends Message> M message(M prototype) {
    return (M) new Filled().fill(prototype.newBuilderForType()).build();
  }

  private Message.Builder fill(Message.Builder builder) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        builder.addRepeatedField(field, value(builder, field));
        builder.addRepeatedField(field, value(builder, field));
      } else {
        builder.setField(field, value(builder, field));
      }
    }
    return builder;
  }

  private Object value(Message.Builder builder, FieldDescriptor field) {
    int number = next++;
    return switch (field.getJavaType()) {
      case INT -> number;
      case LONG -> (long) number;
      case FLOAT -> (float) number;
      case DOUBLE -> (double) number;
      case BOOLEAN -> true;
      case STRING -> "text" + number;
      case BYTE_STRING -> ByteString.copyFromUtf8("bytes" + number);
      case ENUM -> field.getEnumType().getValues().getLast();
      case MESSAGE -> messageValue(builder.newBuilderForField(field), number);
    };
  }

  private Message messageValue(Message.Builder builder, int number) {
    return switch (builder) {
      case Duration.Builder duration -> duration.setSeconds(number).setNanos(number).build();
      case Timestamp.Builder time -> time.setSeconds(number).setNanos(number).build();
      default -> fill(builder).build();
    };
  }

  /** The paths of all fields that a message of the type can have. */
  static Set<String> paths(Descriptor type) {
    Set<String> paths = new TreeSet<>();
    type.getFields().forEach(field -> addPaths("", field, paths));
    return paths;
  }

  private static void addPaths(String prefix, FieldDescriptor field, Set<String> paths) {
    String path = prefix + field.getName();
    paths.add(path);
    if (isOurs(field)) {
      field.getMessageType().getFields().forEach(each -> addPaths(path + ".", each, paths));
    }
  }

  /** The paths of the fields that are set in a message. */
  static Set<String> setPaths(Message message) {
    Set<String> paths = new TreeSet<>();
    addSetPaths("", message, paths);
    return paths;
  }

  private static void addSetPaths(String prefix, Message message, Set<String> paths) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              String path = prefix + field.getName();
              paths.add(path);
              if (isOurs(field) && value instanceof Message inner) {
                addSetPaths(path + ".", inner, paths);
              }
            });
  }

  private static boolean isOurs(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.isRepeated()
        && field.getMessageType().getFile().getPackage().startsWith("orrery.");
  }
}
