/** Races in the places where wakers are kept. */
@NullMarked
package dev.pollux.core;

import org.jspecify.annotations.NullMarked;
