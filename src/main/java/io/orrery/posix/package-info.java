/**
 * C functions of Linux as Java methods: one method a function, named as in C, through {@code
 * java.lang.foreign}, which no other package imports.
 *
 * <p>Every call has a confined arena and an errno segment of its own, so that all methods may be
 * called from any thread. A call that fails throws {@link io.orrery.posix.PosixException}; a
 * function that this C library lacks throws {@link java.lang.UnsupportedOperationException} when it
 * is called. No memory segment leaves the package. Strings are UTF-8 in both directions, whatever
 * the locale. May know the JDK only.
 */
@NullMarked
package io.orrery.posix;

import org.jspecify.annotations.NullMarked;
