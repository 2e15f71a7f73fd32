/** Races in the trees of tokens and in trackers, and the sizes of what they are made of. */
@NullMarked
package dev.pollux.structure;

import org.jspecify.annotations.NullMarked;
