package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Next;
import dev.pollux.core.Waker;
import java.util.ArrayDeque;
import java.util.Deque;

/** A source whose elements, end and failure are given by hand; counts what is done to it. */
final class ByHand<T> implements AsyncIterator<T> {

  private final Deque<T> elements = new ArrayDeque<>();
  private boolean ending;
  private Exception failure;
  private Waker waker;

  int polls;
  int pulled;
  boolean over;
  boolean cancelled;

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static <T> ByHand<T> of(T... elements) {
    ByHand<T> source = new ByHand<>();
    source.give(elements);
    return source;
  }

  @SafeVarargs
  final void give(T... given) {
    for (T element : given) {
      elements.addLast(element);
    }
    wake();
  }

  void end() {
    ending = true;
    wake();
  }

  void fail(Exception with) {
    failure = with;
    wake();
  }

  void wake() {
    Waker toWake = waker;
    waker = null;
    if (toWake != null) {
      toWake.wake();
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    if (over || cancelled) {
      throw new AssertionError("polled after its end");
    }
    polls++;
    if (!elements.isEmpty()) {
      if (!cx.tryProceed()) {
        return Next.pending();
      }
      pulled++;
      return Next.item(elements.removeFirst());
    }
    if (failure != null) {
      over = true;
      throw failure;
    }
    if (ending) {
      over = true;
      return Next.end();
    }
    waker = cx.waker();
    return Next.pending();
  }

  @Override
  public void cancel() {
    cancelled |= !over;
    waker = null;
  }

  boolean isReleased() {
    return over || cancelled;
  }
}
