package dev.pollux.streams;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.streams.bridge.Failures;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An iterator that has what the test gives it, and counts what is done to it. It takes no budget.
 */
public final class ManualSource<T> implements AsyncIterator<T> {

  private final Deque<T> ready = new ArrayDeque<>();
  private boolean ended;
  private Throwable failure;
  private boolean over;
  private Waker waker;

  /** How many elements were taken. */
  public int pulled;

  /** How often it was polled. */
  public int polls;

  /** How often it was cancelled before its end. */
  public int cancels;

  public boolean knowsItsEnd;

  @CanIgnoreReturnValue
  @SafeVarargs
  public final ManualSource<T> with(T... items) {
    for (T item : items) {
      ready.add(item);
    }
    wake();
    return this;
  }

  @CanIgnoreReturnValue
  public ManualSource<T> end() {
    ended = true;
    wake();
    return this;
  }

  @CanIgnoreReturnValue
  public ManualSource<T> fail(Throwable failure) {
    this.failure = failure;
    wake();
    return this;
  }

  private void wake() {
    Waker woken = waker;
    waker = null;
    if (woken != null) {
      woken.wake();
    }
  }

  public boolean isOver() {
    return over;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("manual source");
    }
    polls++;
    T item = ready.poll();
    if (item != null) {
      pulled++;
      return Next.item(item);
    }
    if (failure != null) {
      over = true;
      throw Failures.rethrown(failure);
    }
    if (ended) {
      over = true;
      return Next.end();
    }
    waker = cx.waker();
    return Next.pending();
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      cancels++;
    }
  }

  @Override
  public boolean knownEnded() {
    return knowsItsEnd && !over && ended && ready.isEmpty();
  }
}
