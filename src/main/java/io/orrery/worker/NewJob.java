package io.orrery.worker;

import io.orrery.job.JobId;
import io.orrery.job.JobSpec;

/** A job that somebody asks for: its id, what it is, and whose. */
record NewJob(JobId id, JobSpec spec, String owner) {}
