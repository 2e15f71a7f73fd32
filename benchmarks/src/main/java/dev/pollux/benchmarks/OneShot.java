package dev.pollux.benchmarks;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/**
 * A value that one task sends to another, once: an {@link AtomicWaker} and the value.
 *
 * @param <T> the value
 * @threading {@link #send}: any thread; the rest: the receiver
 */
public final class OneShot<T> implements Future<T> {

  private final AtomicWaker receiver = new AtomicWaker();
  private volatile @Nullable T sent;

  /** Makes one that nothing was sent by. */
  public OneShot() {}

  /** Sends {@code value}; called once. */
  public void send(T value) {
    sent = value;
    receiver.wake();
  }

  @Override
  public Poll<T> poll(Context cx) {
    T value = sent;
    if (value == null) {
      receiver.register(cx.waker());
      value = sent;
    }
    return value != null && cx.tryProceed() ? Poll.ready(value) : Poll.pending();
  }

  @Override
  public void cancel() {
    receiver.clear();
  }

  @Override
  public void describe(Description description) {
    description.name("one-shot").waitsFor("a value");
  }
}
