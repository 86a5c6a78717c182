package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
import io.orrery.v1.ListJobsRequest;
import java.util.EnumSet;
import java.util.Set;

/** Filters and pages of lists, in records and in messages. */
public final class ListMapping {
  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;

  private ListMapping() {}

  /**
   * What a request filters by.
   *
   * @throws ApiException INVALID_REQUEST when it names a state that is none
   */
  public static JobFilter filter(ListJobsRequest request) {
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

  /**
   * The size of a page that was asked for: 0 is 100, more than 1000 is 1000 (AIP-158).
   *
   * @throws ApiException INVALID_REQUEST when it is negative
   */
  public static int pageSize(int asked) {
    if (asked < 0) {
      throw ApiException.invalid("page_size", "must not be negative, and is " + asked);
    }
    return asked == 0 ? DEFAULT_PAGE : Math.min(asked, MAX_PAGE);
  }
}
