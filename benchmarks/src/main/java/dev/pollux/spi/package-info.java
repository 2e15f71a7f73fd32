/** Races in the entry of a timer. */
@NullMarked
package dev.pollux.spi;

import org.jspecify.annotations.NullMarked;
