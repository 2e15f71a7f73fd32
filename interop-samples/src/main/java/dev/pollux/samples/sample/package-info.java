/**
 * Pollux beside other libraries, one meeting to a file: {@code ./pollux sample --list}.
 *
 * <p>Each sample is a program that says what came out of it and checks that itself. Read {@link
 * dev.pollux.samples.sample.R2dbcSample} first, then the one of the library at hand; {@link
 * dev.pollux.samples.sample.Samples} has them all.
 *
 * <p>Threads: a sample runs on the thread that calls it, and blocks it until all is over; its
 * runtimes, servers and pools are its own, and are closed at its end.
 */
@NullMarked
package dev.pollux.samples.sample;

import org.jspecify.annotations.NullMarked;
