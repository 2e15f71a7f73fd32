/**
 * The command line: {@link dev.pollux.samples.cli.Main}, one class for each command, and what the
 * commands share of the terminal.
 *
 * <p>Threads: everything runs on the thread of {@code main}.
 */
@NullMarked
package dev.pollux.samples.cli;

import org.jspecify.annotations.NullMarked;
