/** How this module calls what blocks a thread, on the blocking pool. */
@NullMarked
package dev.pollux.io.blocking;

import org.jspecify.annotations.NullMarked;
