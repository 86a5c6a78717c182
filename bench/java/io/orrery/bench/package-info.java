/** The load that bench/run puts on a scheduler and a worker, from a process of its own. */
@NullMarked
package io.orrery.bench;

import org.jspecify.annotations.NullMarked;
