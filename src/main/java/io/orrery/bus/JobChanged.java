package io.orrery.bus;

import io.orrery.job.Job;

/** A job, as it is after a change of its state. */
public record JobChanged(Job job) {}
