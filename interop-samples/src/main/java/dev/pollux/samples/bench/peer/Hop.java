package dev.pollux.samples.bench.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A task that executes the next and ends; the last one answers.
 *
 * @param executor executes them
 * @param depth how many there are
 * @param before how many were there before this one
 * @param last takes the answer: how many there were
 */
record Hop(Executor executor, int depth, int before, CompletableFuture<Integer> last)
    implements Runnable {

  /** Chains one after the other, each begun by the calling thread, which waits for its answer. */
  static Counted chains(Executor executor, int chains, int depth) {
    long begunNanos = System.nanoTime();
    long hops = 0;
    for (int i = 0; i < chains; i++) {
      CompletableFuture<Integer> last = new CompletableFuture<>();
      new Hop(executor, depth, 0, last).run();
      hops += last.join();
    }
    return Counted.since(begunNanos, hops);
  }

  @Override
  public void run() {
    if (before == depth) {
      last.complete(before);
    } else {
      executor.execute(new Hop(executor, depth, before + 1, last));
    }
  }
}
