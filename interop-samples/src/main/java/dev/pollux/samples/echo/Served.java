package dev.pollux.samples.echo;

import dev.pollux.core.Future;

/** What serves one connection to its end. It never fails: what goes wrong is counted. */
interface Served extends Future<Void> {

  /** Ends the connection when what has come was sent back. Any thread. */
  void drain();
}
