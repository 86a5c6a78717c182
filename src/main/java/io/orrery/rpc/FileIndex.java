package io.orrery.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Proto files by their names and by the full names of what is declared in them. */
final class FileIndex {
  private final Map<String, FileDescriptor> byName = new LinkedHashMap<>();
  private final Map<String, FileDescriptor> bySymbol = new HashMap<>();

  /** Of these files and all that they import. */
  FileIndex(List<FileDescriptor> files) {
    files.forEach(this::add);
  }

  private void add(FileDescriptor file) {
    if (byName.putIfAbsent(file.getName(), file) == null) {
      file.getDependencies().forEach(this::add);
      file.getServices().forEach(this::add);
      file.getMessageTypes().forEach(this::add);
      file.getEnumTypes().forEach(this::add);
    }
  }

  private void add(ServiceDescriptor service) {
    bySymbol.put(service.getFullName(), service.getFile());
    service.getMethods().forEach(method -> bySymbol.put(method.getFullName(), service.getFile()));
  }

  private void add(Descriptor message) {
    bySymbol.put(message.getFullName(), message.getFile());
    message.getNestedTypes().forEach(this::add);
    message.getEnumTypes().forEach(this::add);
  }

  private void add(EnumDescriptor type) {
    bySymbol.put(type.getFullName(), type.getFile());
  }

  Optional<FileDescriptor> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<FileDescriptor> declaring(String symbol) {
    return Optional.ofNullable(bySymbol.get(symbol));
  }

  /** The file and all that it imports, directly or not, each once. */
  static List<FileDescriptor> closure(FileDescriptor file) {
    return new ArrayList<>(new FileIndex(List.of(file)).byName.values());
  }
}
