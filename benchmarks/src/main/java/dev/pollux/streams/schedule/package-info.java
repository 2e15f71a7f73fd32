/** Races of the serial queues, which need what is package-private there. */
@NullMarked
package dev.pollux.streams.schedule;

import org.jspecify.annotations.NullMarked;
