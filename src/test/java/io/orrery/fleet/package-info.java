/** Whole schedulers and workers with real certificates, sockets and processes, for tests. */
@NullMarked
package io.orrery.fleet;

import org.jspecify.annotations.NullMarked;
