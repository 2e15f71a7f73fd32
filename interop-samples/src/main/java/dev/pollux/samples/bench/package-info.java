/**
 * The workloads of {@code pollux bench}, which other runtimes are measured with too, and how they
 * are measured: each in a virtual machine of its own, after a warm-up, several times, with its
 * results checked.
 *
 * <p>{@link dev.pollux.samples.bench.Workloads} lists them; there is one class for each.
 *
 * <p>Threads: a workload runs on the thread that measures it, which drives a current-thread
 * runtime; {@code spawn_from_outside} has a second one.
 */
@NullMarked
package dev.pollux.samples.bench;

import org.jspecify.annotations.NullMarked;
