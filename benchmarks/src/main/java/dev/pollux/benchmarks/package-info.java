/**
 * What is measured, and the JMH benchmarks that measure it: {@code docs/benchmarks.md} says how to
 * run them.
 *
 * <p>{@link dev.pollux.benchmarks.Pipelines} and {@link dev.pollux.benchmarks.SpawnAndJoin} are the
 * works that the command {@code pollux bench} measures as well, so that both speak of the same.
 */
@NullMarked
package dev.pollux.benchmarks;

import org.jspecify.annotations.NullMarked;
