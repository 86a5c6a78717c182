/**
 * Runs jobs on this host: takes calls, keeps the job directories, starts and stops processes
 * through the runner, and reports to the scheduler. It may know {@code job}, {@code process},
 * {@code output}, {@code bus}, {@code rpc}, {@code security} and {@code config}.
 */
@NullMarked
package io.orrery.worker;

import org.jspecify.annotations.NullMarked;
