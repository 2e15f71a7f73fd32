/**
 * The workloads of {@code pollux bench}, which other runtimes are measured with too, and how they
 * are measured: each in a virtual machine of its own, after a warm-up, several times, with its
 * results checked.
 *
 * <p>{@link dev.pollux.samples.bench.Workloads} lists them; there is one class for each.
 *
 * <p>Threads: a multi-thread runtime has its own; of a current-thread runtime the measuring thread
 * runs the tasks, or another if the measuring one is to be foreign. One thread measures.
 */
@NullMarked
package dev.pollux.samples.bench;

import org.jspecify.annotations.NullMarked;
