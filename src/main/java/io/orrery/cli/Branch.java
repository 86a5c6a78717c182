package io.orrery.cli;

import java.util.concurrent.Callable;

/**
 * One of several things that a command does at a time.
 *
 * @param name what a message about it begins with
 * @param work returns an exit code
 */
record Branch(String name, Callable<Integer> work) {}
