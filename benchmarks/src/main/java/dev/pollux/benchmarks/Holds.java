package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes something to hold, a lock or a permit, and gives it back, again and again. The output is
 * how often.
 */
public final class Holds implements Future<Long> {

  private final Supplier<? extends Future<? extends AutoCloseable>> take;
  private final Runnable section;
  private final int count;
  private final boolean yields;
  private int done;
  private @Nullable Future<? extends AutoCloseable> taking;
  private @Nullable AutoCloseable held;
  private @Nullable Future<Void> yield;

  /**
   * Makes the future.
   *
   * @param take makes the future of what is to be held
   * @param section runs while it is held
   * @param count how often
   * @param yields whether it yields once while it holds
   */
  public Holds(
      Supplier<? extends Future<? extends AutoCloseable>> take,
      Runnable section,
      int count,
      boolean yields) {
    this.take = take;
    this.section = section;
    this.count = count;
    this.yields = yields;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    while (true) {
      if (held == null) {
        if (taking == null) {
          if (done == count) {
            return Poll.ready((long) done);
          }
          taking = take.get();
        }
        Poll<? extends AutoCloseable> taken = taking.poll(cx);
        if (taken.isPending()) {
          return Poll.pending();
        }
        held = taken.value();
        taking = null;
        section.run();
        if (yields) {
          yield = Futures.yieldNow();
        }
      }
      if (yield != null) {
        if (yield.poll(cx).isPending()) {
          return Poll.pending();
        }
        yield = null;
      }
      held.close();
      held = null;
      done++;
    }
  }

  @Override
  public void cancel() {
    if (taking != null) {
      taking.cancel();
    }
    if (held != null) {
      try {
        held.close();
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("holds").with("done", done);
    if (taking != null) {
      description.child("taking", taking);
    }
  }
}
