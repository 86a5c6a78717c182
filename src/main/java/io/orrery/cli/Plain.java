package io.orrery.cli;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * A command that needs no parser when it is called without a flag: parsing costs more time than the
 * rest of a short command, since Java's start-up cache cannot hold picocli's classes.
 */
interface Plain extends Callable<Integer> {
  /** Takes the arguments, none of which is a flag; false leaves them to the parser after all. */
  boolean take(List<String> arguments);
}
