package io.orrery.output;

import io.orrery.job.StandardStream;

/** Bytes of a stream, from one place up to another, that nobody has any more. */
public record OutputGap(StandardStream stream, long from, long to, GapReason reason) {}
