/**
 * The main job: counts the lines, words and bytes of text files in a pipeline that runs through
 * Pollux, Reactor, RxJava and Pollux again, and compares the counts with a plain loop.
 *
 * <p>Read {@link dev.pollux.samples.demo.Pipeline} first, then {@link
 * dev.pollux.samples.demo.FileLines}, the iterator that reads a file.
 *
 * <p>Threads: one thread runs everything, that of {@code main}, but for the reads of files, which
 * run on the runtime's blocking thread, and for what a signal asks, which comes from a shutdown
 * hook.
 */
@NullMarked
package dev.pollux.samples.demo;

import org.jspecify.annotations.NullMarked;
