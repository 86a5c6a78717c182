package io.orrery.worker;

import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that somebody asks for: its id, what it is, and whose; from a scheduler also the number of
 * the run and when the job was accepted, which is null where this worker accepts it.
 */
record NewJob(JobId id, JobSpec spec, String owner, int attempt, @Nullable Instant createTime) {}
