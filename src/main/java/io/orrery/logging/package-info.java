/**
 * How log lines look as JSON. Only the configuration of the log names it; it may know nothing of
 * ours.
 */
@NullMarked
package io.orrery.logging;

import org.jspecify.annotations.NullMarked;
