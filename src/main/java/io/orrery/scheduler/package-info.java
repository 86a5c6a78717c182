/**
 * Knows the workers, chooses one for each job, and passes calls and streams on to it. It may know
 * {@code job}, {@code store}, {@code bus}, {@code rpc}, {@code http}, {@code security} and {@code
 * config}.
 */
@NullMarked
package io.orrery.scheduler;

import org.jspecify.annotations.NullMarked;
