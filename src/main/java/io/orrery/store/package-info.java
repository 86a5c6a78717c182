/**
 * The scheduler's durable memory: jobs and small named values, in a SQLite file or in Redis. It may
 * know {@code job} and, for where it is, {@code config}.
 */
@NullMarked
package io.orrery.store;

import org.jspecify.annotations.NullMarked;
