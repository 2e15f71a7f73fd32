package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/** Awaits {@code yieldNow()} a number of times, and answers how often it has. */
public final class Yields implements Future<Integer> {

  private final int count;
  private int done;
  private @Nullable Future<Void> yield;

  /** Makes one that yields {@code count} times. */
  public Yields(int count) {
    this.count = count;
  }

  @Override
  public Poll<Integer> poll(Context cx) throws Exception {
    while (true) {
      if (yield == null) {
        if (done == count) {
          return Poll.ready(done);
        }
        yield = Futures.yieldNow();
      }
      if (yield.poll(cx).isPending()) {
        return Poll.pending();
      }
      yield = null;
      done++;
    }
  }
}
