package dev.pollux.samples.bench.peer;

/** A peer while it runs. */
interface RunningPeer extends AutoCloseable {

  /** Ends the threads that are its own. */
  @Override
  void close();
}
