/**
 * The peers of {@code pollux bench}: other runtimes and libraries of the virtual machine, measured
 * by Pollux's workloads in the form that is nearest to each.
 *
 * <p>{@link dev.pollux.samples.bench.peer.Peers} lists them. {@code PeerWorks} knows the names, the
 * metrics, the sizes and the right results; there is a class for each peer, which knows how it does
 * that.
 *
 * <p>Threads: each peer has its own, which end with it where they are not everybody's. One thread
 * measures.
 */
@NullMarked
package dev.pollux.samples.bench.peer;

import org.jspecify.annotations.NullMarked;
