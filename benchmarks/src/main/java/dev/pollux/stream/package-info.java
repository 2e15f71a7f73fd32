/** Races of streams that several threads touch. */
@NullMarked
package dev.pollux.stream;

import org.jspecify.annotations.NullMarked;
