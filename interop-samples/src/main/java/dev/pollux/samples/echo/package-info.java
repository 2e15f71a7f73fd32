/**
 * The servers of {@code pollux echo}, and the load of {@code pollux echo-load}.
 *
 * <p>Begin with {@link dev.pollux.samples.echo.EchoConnection}, which is all that a connection of a
 * server on Pollux is, and {@link dev.pollux.samples.echo.LoadConnection}, its peer. {@link
 * dev.pollux.samples.echo.EchoLoad} has the run of a load.
 *
 * <p>Threads: a server has those of its runtime, or one for each connection; a load has one for
 * each runtime that drives connections, and the one that controls them.
 */
@NullMarked
package dev.pollux.samples.echo;

import org.jspecify.annotations.NullMarked;
