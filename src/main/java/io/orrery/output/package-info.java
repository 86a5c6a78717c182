/**
 * What jobs print: the two append-only files of a job directory, the timeline beside them, the tail
 * that sees them grow, and the readers that follow them from any place at their own speed. The
 * bytes are in the files; the event bus carries copies of what is new. May know {@code job}, {@code
 * bus}, and {@code posix} for inotify.
 */
@NullMarked
package io.orrery.output;

import org.jspecify.annotations.NullMarked;
