package io.orrery.bus;

import io.orrery.job.JobId;

/** A job that had ended is not known any more. */
public record JobForgotten(JobId job) {}
