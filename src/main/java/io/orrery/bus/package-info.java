/**
 * The event bus behind typed addresses and messages: what a job prints, and what becomes of it, for
 * everybody in this process who wants to know. Messages are hints and copies: what they say stands
 * in a file or a table too, they never leave the process, and none of them makes anything start.
 * May know {@code job}.
 */
@NullMarked
package io.orrery.bus;

import org.jspecify.annotations.NullMarked;
