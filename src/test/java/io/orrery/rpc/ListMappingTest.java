package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
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
  @CsvSource({"0,100", "1,1", "1000,1000", "1001,1000", "2147483647,1000"})
  void aPageHasAsManyAsAskedWithinReason(int asked, int size) {
    assertThat(ListMapping.pageSize(asked)).isEqualTo(size);
  }

  @Test
  void aNegativePageIsRefused() {
    assertThatThrownBy(() -> ListMapping.pageSize(-1))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("page_size");
  }
}
