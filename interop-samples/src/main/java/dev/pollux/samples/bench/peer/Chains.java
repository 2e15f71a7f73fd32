package dev.pollux.samples.bench.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Chains of {@link Hop}s one after the other, each begun by a task of the executor when the one
 * before has answered. No worker waits.
 *
 * @threading one task at a time; the measuring thread reads when all are through
 */
final class Chains {

  private final Executor executor;
  private final int chains;
  private final int depth;
  private final Latch over;
  private int begun;
  private long hops;

  private Chains(Executor executor, int chains, int depth) {
    this.executor = executor;
    this.chains = chains;
    this.depth = depth;
    this.over = new Latch(chains);
  }

  /** Runs them, from the first statement of the task that begins them to the last answer. */
  static Counted run(Executor executor, int chains, int depth) throws InterruptedException {
    Chains all = new Chains(executor, chains, depth);
    executor.execute(all::begin);
    return all.over.await() == chains ? all.over.counted(all.hops) : new Counted(0, 0);
  }

  private void begin() {
    over.begin();
    next();
  }

  private void next() {
    begun++;
    CompletableFuture<Integer> last = new CompletableFuture<>();
    CompletableFuture<Void> unused = last.thenAcceptAsync(this::answered, executor);
    new Hop(executor, depth, 0, last).run();
  }

  private void answered(int answer) {
    hops += answer;
    if (begun < chains) {
      next();
    }
    over.countDown();
  }
}
