package dev.pollux.core;

import dev.pollux.operator.Raise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A source that does what a script says, and is strict about how it is treated: it fails the test
 * if it is polled once over, and counts how often it was cancelled.
 */
final class ScriptedIterator<T> implements AsyncIterator<T> {

  /** A step of a script that answers {@code Pending} and wakes. */
  static final Object PENDING = new Object();

  /** A step of a script that answers {@code Pending} and keeps the waker. */
  static final Object STUCK = new Object();

  private final Deque<Object> script;

  int polls;
  int cancels;
  boolean over;
  Waker stored;

  ScriptedIterator(List<?> script) {
    this.script = new ArrayDeque<>(script);
  }

  static ScriptedIterator<Integer> of(Integer... items) {
    return new ScriptedIterator<>(List.of(items));
  }

  @Override
  @SuppressWarnings("unchecked")
  public Next<T> pollNext(Context cx) throws Exception {
    polls++;
    if (over || cancels > 0) {
      throw new AssertionError("polled after it was over");
    }
    Object step = script.peekFirst();
    if (step == null) {
      over = true;
      return Next.end();
    }
    if (step == STUCK) {
      stored = cx.waker();
      return Next.pending();
    }
    if (step == PENDING) {
      script.removeFirst();
      cx.waker().wake();
      return Next.pending();
    }
    if (step instanceof Throwable failure) {
      over = true;
      throw Raise.unchecked(failure);
    }
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    script.removeFirst();
    return Next.item((T) step);
  }

  /** Lets a script that is stuck go on. */
  void release() {
    if (script.peekFirst() != STUCK) {
      throw new AssertionError("not stuck");
    }
    script.removeFirst();
    if (stored != null) {
      stored.wake();
    }
  }

  @Override
  public void cancel() {
    if (!over) {
      cancels++;
    }
    if (cancels > 1) {
      throw new AssertionError("cancelled twice by its owner");
    }
  }

  /** Whether it was let go of as it should be: read to its end, or cancelled once. */
  boolean isReleased() {
    return over || cancels == 1;
  }
}
