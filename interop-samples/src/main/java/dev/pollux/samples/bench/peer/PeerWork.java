package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Meter;

/**
 * A workload in the form that it has for one peer.
 *
 * @param <P> the peer while it runs
 * @param workload the name of Pollux's workload, whose metrics this one reports too
 * @param body runs and measures it
 */
record PeerWork<P>(String workload, Body<P> body) {

  /** Runs a workload. */
  @FunctionalInterface
  interface Body<P> {
    /**
     * Runs it as often as the meter asks.
     *
     * @throws IllegalStateException if a result is wrong
     */
    void run(P peer, Meter meter, Scale scale) throws Exception;
  }

  /** Runs once with so many of something. */
  @FunctionalInterface
  interface Once<P> {
    Counted run(P peer, int count) throws Exception;
  }

  /** Runs once with so many of something, each with so much of another. */
  @FunctionalInterface
  interface OnceEach<P> {
    Counted run(P peer, int count, int each) throws Exception;
  }

  /** Puts so many to sleep for an hour. */
  @FunctionalInterface
  interface Sleepers<P> {
    /**
     * Returns when all sleep.
     *
     * @return how many do; they live as long as the peer
     */
    int putToSleep(P peer, int count) throws Exception;
  }
}
