/** Races over a time limit. */
@NullMarked
package dev.pollux.io.deadline;

import org.jspecify.annotations.NullMarked;
