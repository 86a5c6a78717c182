package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.orrery.security.Role;
import io.orrery.security.RoleTable;
import io.orrery.v1.JobSpec;
import io.orrery.v1.SchedulerProto;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerProto;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the proto files and the code must agree on. */
final class DescriptorTest {
  private static final Set<String> NOT_OF_THE_SPEC = Set.of("job_id", "attempt", "create_time");

  static Stream<String> methods() {
    return Stream.of(WorkerProto.getDescriptor(), SchedulerProto.getDescriptor())
        .flatMap(file -> file.getServices().stream())
        .map(ServiceDescriptor::getMethods)
        .flatMap(List::stream)
        .map(DescriptorTest::fullName);
  }

  private static String fullName(MethodDescriptor method) {
    return method.getService().getFullName() + "/" + method.getName();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodHasARowInTheRoleTable(String method) {
    assertThat(RoleTable.has(method)).isTrue();
    assertThat(Role.values()).anyMatch(role -> RoleTable.allows(role, method));
  }

  @Test
  void theRoleTableHasNoRowOfAMethodThatIsNotThere() {
    assertThat(RoleTable.methods().stream().filter(method -> method.startsWith("orrery.")))
        .containsExactlyInAnyOrderElementsOf(methods().toList());
  }

  @Test
  void aSpecHasTheFieldsOfTheRequestButForWhatAnOrderAdds() {
    assertThat(shapes(JobSpec.getDescriptor().getFields()))
        .isEqualTo(
            shapes(
                StartJobRequest.getDescriptor().getFields().stream()
                    .filter(field -> !NOT_OF_THE_SPEC.contains(field.getName()))
                    .toList()));
    assertThat(JobSpec.getDescriptor().isReservedNumber(1)).isTrue();
    assertThat(StartJobRequest.getDescriptor().findFieldByName("job_id").getNumber()).isEqualTo(1);
  }

  private static List<String> shapes(List<FieldDescriptor> fields) {
    return fields.stream()
        .map(
            field ->
                field.getNumber()
                    + " "
                    + field.getName()
                    + " "
                    + type(field)
                    + (field.isRepeated() ? " repeated" : "")
                    + (field.hasPresence() ? " present" : ""))
        .toList();
  }

  private static String type(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE ->
          field.isMapField()
              ? "map" + shapes(field.getMessageType().getFields())
              : field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> field.getType().name();
    };
  }
}
