package io.orrery.cli;

import java.util.Map;

/**
 * What a command has around it: the console, the environment, and how it is interrupted.
 *
 * @param environment the variables of the process
 */
record Session(Console console, Map<String, String> environment, Interrupts interrupts) {

  Servers servers(ConnectionFlags flags) {
    return new Servers(ConnectionSettings.of(flags, environment));
  }
}
