/**
 * Jobs as operating-system processes: starting, signalling, stopping a whole tree, and learning how
 * each ended; and what a job may be started from: scripts and environment.
 *
 * <p>{@link io.orrery.process.Runner} is what the worker sees. May know {@code posix}, {@code job}
 * and the JDK.
 */
@NullMarked
package io.orrery.process;

import org.jspecify.annotations.NullMarked;
