package io.orrery.bus;

import io.orrery.job.JobId;

/**
 * A stream of a job has more bytes than its limit, and the job is to be stopped; {@code far}: so
 * many more that there is no time for it to end by itself.
 */
public record OutputLimitReached(JobId job, boolean far) {}
