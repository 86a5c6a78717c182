/**
 * What a server tells of itself to those who watch over it: its meters, and a page of them, of its
 * life and of its readiness. It may know {@code config}; the meters' own meaning is with the code
 * that is measured.
 */
@NullMarked
package io.orrery.metrics;

import org.jspecify.annotations.NullMarked;
