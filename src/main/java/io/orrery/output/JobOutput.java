package io.orrery.output;

import io.orrery.job.JobId;
import java.nio.file.Path;

/** Whose output it is, and in which directory. */
record JobOutput(JobId job, Path directory) {}
