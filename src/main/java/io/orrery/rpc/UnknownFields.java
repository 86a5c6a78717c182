package io.orrery.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a caller of a later version asks for, and nobody here can do. */
final class UnknownFields {
  private UnknownFields() {}

  /**
   * Refuses a message with fields that are not known here, in it or in the messages within it.
   *
   * @throws ApiException {@link Reason#UNSUPPORTED} when there are any
   */
  static void refuse(Message message) {
    List<String> found = new ArrayList<>();
    find(message, found);
    if (!found.isEmpty()) {
      String fields = String.join(", ", found);
      throw new ApiException(
          Reason.UNSUPPORTED,
          "the request has what only a later version of this server knows ("
              + fields
              + "), and would not be carried out as asked; leave it out, or upgrade the server",
          Map.of("fields", fields));
    }
  }

  private static void find(Message message, List<String> found) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      found.add("field " + number + " of " + message.getDescriptorForType().getFullName());
    }
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && !field.isRepeated()
          && message.hasField(field)) {
        find((Message) message.getField(field), found);
      }
    }
  }
}
