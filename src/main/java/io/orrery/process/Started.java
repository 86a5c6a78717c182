package io.orrery.process;

import java.time.Instant;

/**
 * A main process that runs its program.
 *
 * @param pid also the number of its session and of its process group
 */
public record Started(int pid, Instant startTime) {}
