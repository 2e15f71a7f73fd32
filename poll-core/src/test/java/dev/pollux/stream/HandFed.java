package dev.pollux.stream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Waker;
import dev.pollux.operator.Raise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A source that gives what the test feeds it, and is strict about how it is treated. */
final class HandFed<T> implements AsyncIterator<T> {

  private static final Object END = new Object();

  /** In the order of their cancel; may be shared. */
  private final List<String> cancelLog;

  private final String name;
  private final Deque<Object> food = new ArrayDeque<>();

  int polls;
  int pulled;
  boolean over;
  Waker waker;

  HandFed(String name, List<String> cancelLog) {
    this.name = name;
    this.cancelLog = cancelLog;
  }

  @CanIgnoreReturnValue
  @SafeVarargs
  final HandFed<T> feed(T... elements) {
    for (T element : elements) {
      put(element);
    }
    return this;
  }

  @CanIgnoreReturnValue
  HandFed<T> end() {
    return put(END);
  }

  @CanIgnoreReturnValue
  HandFed<T> fail(Throwable failure) {
    return put(failure);
  }

  @CanIgnoreReturnValue
  private HandFed<T> put(Object what) {
    food.addLast(what);
    Waker waiting = waker;
    waker = null;
    if (waiting != null) {
      waiting.wake();
    }
    return this;
  }

  boolean isCancelled() {
    return cancelLog.contains(name);
  }

  @Override
  @SuppressWarnings("unchecked")
  public Next<T> pollNext(Context cx) {
    if (over) {
      throw new AssertionError(name + " was polled after it was over");
    }
    polls++;
    Object next = food.peekFirst();
    if (next == null) {
      waker = cx.waker();
      return Next.pending();
    }
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    food.removeFirst();
    if (next == END) {
      over = true;
      return Next.end();
    }
    if (next instanceof Throwable failure) {
      over = true;
      throw Raise.unchecked(failure);
    }
    pulled++;
    return Next.item((T) next);
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      cancelLog.add(name);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name);
  }
}
