/** Races in channels and locks, and the sizes of what they are made of. */
@NullMarked
package dev.pollux.sync;

import org.jspecify.annotations.NullMarked;
