package dev.pollux.io;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives up what it waits for at every {@code Pending}, and begins anew at the next poll: as if each
 * read had lost a race.
 */
final class RandomCancel<T extends @Nullable Object> implements Future<T> {

  private final Supplier<? extends Future<T>> make;

  /** Of how many that wait one is cancelled. */
  private final int oneIn;

  private @Nullable Future<T> current;
  private int cancels;

  RandomCancel(int oneIn, Supplier<? extends Future<T>> make) {
    this.oneIn = oneIn;
    this.make = make;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> polled = current == null ? make.get() : current;
    current = polled;
    Poll<T> answer = polled.poll(cx);
    if (answer.isPending() && cx.nextInt(oneIn) == 0) {
      polled.cancel();
      current = null;
      cancels++;
      // Whoever lost would be polled again by its loop: with a new future, which stores the waker.
      polled = make.get();
      answer = polled.poll(cx);
      current = answer.isPending() ? polled : null;
    }
    return answer;
  }

  int cancels() {
    return cancels;
  }

  @Override
  public void cancel() {
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("a cancelled one").child("current", current);
  }
}
