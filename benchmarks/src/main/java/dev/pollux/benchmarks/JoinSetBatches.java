package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinSet;
import dev.pollux.core.Poll;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Spawns tasks in batches into one {@link JoinSet}, and joins each batch by {@code joinNext} before
 * the next; adds up the outputs.
 */
public final class JoinSetBatches implements Future<Long> {

  private final int batch;
  private int batchesLeft;
  private @Nullable JoinSet<Integer> set;
  private @Nullable Future<Optional<Integer>> next;
  private long sum;

  /**
   * Makes the future.
   *
   * @param batches how many batches
   * @param batch how many tasks in each
   */
  public JoinSetBatches(int batches, int batch) {
    this.batchesLeft = batches;
    this.batch = batch;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    JoinSet<Integer> set = this.set;
    if (set == null) {
      set = JoinSet.on(cx.spawner());
      this.set = set;
    }
    while (true) {
      if (set.size() == 0) {
        if (batchesLeft-- == 0) {
          return Poll.ready(sum);
        }
        for (int i = 0; i < batch; i++) {
          set.spawn(Futures.lazy(() -> 1));
        }
      }
      Future<Optional<Integer>> joining = next == null ? set.joinNext() : next;
      Poll<Optional<Integer>> answer = joining.poll(cx);
      if (answer.isPending()) {
        next = joining;
        return Poll.pending();
      }
      next = null;
      sum += answer.value().orElseThrow();
    }
  }

  @Override
  public void cancel() {
    if (next != null) {
      next.cancel();
    }
    if (set != null) {
      set.requestCancelAll();
      set.detachAll();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("batches of a JoinSet").with("left", batchesLeft).child("next", next);
  }
}
