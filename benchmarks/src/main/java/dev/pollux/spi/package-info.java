/** Races in the entry of a timer, and what measurements want to know of it. */
@NullMarked
package dev.pollux.spi;

import org.jspecify.annotations.NullMarked;
