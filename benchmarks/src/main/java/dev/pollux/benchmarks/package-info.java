/**
 * What is measured, and the JMH benchmarks that measure it: {@code docs/benchmarks.md} says how to
 * run them.
 *
 * <p>{@link dev.pollux.benchmarks.Pipelines}, {@link dev.pollux.benchmarks.SpawnAndJoin}, {@link
 * dev.pollux.benchmarks.Yields}, {@link dev.pollux.benchmarks.SpawnChains} and {@link
 * dev.pollux.benchmarks.PingPong} are the works that the command {@code pollux bench} measures as
 * well, so that both speak of the same. Those of channels and locks, such as {@link
 * dev.pollux.benchmarks.FeedEach}, are measured by the command alone.
 */
@NullMarked
package dev.pollux.benchmarks;

import org.jspecify.annotations.NullMarked;
