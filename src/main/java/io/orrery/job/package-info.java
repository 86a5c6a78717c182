/**
 * The vocabulary of jobs: values, states and their transitions, errors. It may know the JDK alone.
 */
@NullMarked
package io.orrery.job;

import org.jspecify.annotations.NullMarked;
