package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.v1.ListJobsRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ListMappingTest {
  @Test
  void everyFieldOfAFilterComesBack() {
    ListJobsRequest.Builder request =
        Filled.message(ListJobsRequest.getDefaultInstance()).toBuilder().clearStates();
    Arrays.stream(JobState.Name.values()).map(StateMapping::toProto).forEach(request::addStates);
    JobFilter filter = ListMapping.filter(request.build());
    assertThat(ListMapping.request(filter, request.getPageSize(), request.getPageToken()))
        .isEqualTo(request.build());
  }

  @Test
  void anEmptyRequestFiltersNothing() {
    JobFilter filter = ListMapping.filter(ListJobsRequest.getDefaultInstance());
    assertThat(filter).isEqualTo(new JobFilter(Set.of(), "", "", Map.of(), null, null, ""));
  }

  @Test
  void aStateThatIsNoneIsRefused() {
    for (int state : new int[] {0, 99}) {
      ListJobsRequest request = ListJobsRequest.newBuilder().addStatesValue(state).build();
      assertThatThrownBy(() -> ListMapping.filter(request))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("states");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "created_after,-62135596801,0", // the year 0
    "created_after,253402300800,0", // the year 10000
    "created_after,9223372036854775807,0",
    "created_before,0,-1",
    "created_before,0,1000000000"
  })
  void aTimeThatIsNoneIsRefusedWithItsField(String field, long seconds, int nanos) {
    Timestamp time = Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    ListJobsRequest.Builder request = ListJobsRequest.newBuilder();
    request.setField(request.getDescriptorForType().findFieldByName(field), time);
    assertThatThrownBy(() -> ListMapping.filter(request.build()))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(refusal.violations())
                  .extracting(FieldViolation::field)
                  .containsExactly(field);
            });
  }
}
