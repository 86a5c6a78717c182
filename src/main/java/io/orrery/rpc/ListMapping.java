package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
import io.orrery.v1.ListJobsRequest;
import java.util.EnumSet;
import java.util.Set;

/** Filters and pages of lists, in records and in messages. */
public final class ListMapping {
  private ListMapping() {}

  /**
   * What a request filters by.
   *
   * @throws ApiException INVALID_REQUEST when it names a state or a time that is none
   */
  public static JobFilter filter(ListJobsRequest request) {
    Violations violations = new Violations();
    violations.time("created_after", request.getCreatedAfter());
    violations.time("created_before", request.getCreatedBefore());
    violations.check();
    return new JobFilter(
        states(request),
        request.getWorkerId(),
        request.getOwner(),
        request.getLabelsMap(),
        Times.instantIf(request.hasCreatedAfter(), request.getCreatedAfter()),
        Times.instantIf(request.hasCreatedBefore(), request.getCreatedBefore()),
        request.getJobIdPrefix());
  }

  private static Set<JobState.Name> states(ListJobsRequest request) {
    Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
    for (io.orrery.v1.JobState state : request.getStatesList()) {
      if (state == io.orrery.v1.JobState.JOB_STATE_UNSPECIFIED
          || state == io.orrery.v1.JobState.UNRECOGNIZED) {
        throw ApiException.invalid("states", "must be states of jobs");
      }
      states.add(StateMapping.fromProto(state));
    }
    return states;
  }

  /** The request that asks for one page of what a filter accepts; "" is the first page. */
  public static ListJobsRequest request(JobFilter filter, int pageSize, String pageToken) {
    ListJobsRequest.Builder request =
        ListJobsRequest.newBuilder()
            .setWorkerId(filter.workerId())
            .setOwner(filter.owner())
            .putAllLabels(filter.labels())
            .setJobIdPrefix(filter.idPrefix())
            .setPageSize(pageSize)
            .setPageToken(pageToken);
    filter.states().stream().sorted().map(StateMapping::toProto).forEach(request::addStates);
    if (filter.createdAfter() != null) {
      request.setCreatedAfter(Times.timestamp(filter.createdAfter()));
    }
    if (filter.createdBefore() != null) {
      request.setCreatedBefore(Times.timestamp(filter.createdBefore()));
    }
    return request.build();
  }
}
