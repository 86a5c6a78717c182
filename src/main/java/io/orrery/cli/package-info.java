/**
 * The commands: what is asked of the API, and how the answers look and end on a command line. Loads
 * nothing that the command at hand does not need. It may know {@code job rpc security config} and
 * starts the verticles by their names.
 */
@NullMarked
package io.orrery.cli;

import org.jspecify.annotations.NullMarked;
