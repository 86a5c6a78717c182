/** The programs as a user starts and meets them: child processes, foreign clients, TLS by hand. */
@NullMarked
package io.orrery.launch;

import org.jspecify.annotations.NullMarked;
