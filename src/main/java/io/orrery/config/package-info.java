/**
 * Turns JSON into typed options, strictly: every problem of a file is found and told at once.
 *
 * <p>May know the JDK and Vert.x's {@code JsonObject}; no other package of Orrery.
 */
@NullMarked
package io.orrery.config;

import org.jspecify.annotations.NullMarked;
