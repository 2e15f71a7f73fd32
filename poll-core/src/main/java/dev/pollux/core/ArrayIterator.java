package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;

/**
 * Gives the elements of an array in order.
 *
 * @cancellation what was not given yet is still the caller's and is not discarded
 * @threading confined to the polling task
 */
final class ArrayIterator<T> extends Source<T> {

  private static final Object[] NOTHING = {};

  /** A copy; its elements are all of type {@code T}. */
  private Object[] elements;

  private int next;

  ArrayIterator(T[] elements) {
    this.elements = elements.clone();
    for (int i = 0; i < this.elements.length; i++) {
      requireNonNull(this.elements[i], "elements: an element of an AsyncIterator may not be null");
    }
  }

  @Override
  protected String kind() {
    return "of";
  }

  @Override
  protected void release() {
    elements = NOTHING;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    if (next == elements.length) {
      return end();
    }
    return cx.tryProceed() ? Next.item(take()) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    Budget budget = cx.budget();
    int given = 0;
    while (next < elements.length) {
      if (given >= budget.remaining()) {
        return cx.pendingAfter(given);
      }
      given++;
      T item = take();
      try {
        if (!sink.accept(item)) {
          budget.pay(given);
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    budget.pay(given);
    cancel();
    return Turn.ENDED;
  }

  @SuppressWarnings("unchecked") // the array was a T[]
  private T take() {
    return (T) elements[next++];
  }

  @Override
  public boolean knownEnded() {
    return !isOver() && next == elements.length;
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("left", elements.length - next);
  }
}
