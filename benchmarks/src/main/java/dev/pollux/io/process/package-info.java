/** Races of those who wait for signals. */
@NullMarked
package dev.pollux.io.process;

import org.jspecify.annotations.NullMarked;
