package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Gives the output of a future as its only element.
 *
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class FutureIterator<T> extends Source<T> {

  /** Null once it has completed, and once this is over. */
  private @Nullable Future<? extends T> future;

  private @Nullable Discard discard;

  FutureIterator(Future<? extends T> future) {
    this.future = future;
  }

  @Override
  String kind() {
    return "fromFuture";
  }

  @Override
  void release() {
    Future<? extends T> child = future;
    Discard discard = this.discard;
    future = null;
    this.discard = null;
    if (child != null) {
      Cancellation.future(child, discard == null ? Discard.closing() : discard);
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open();
    if (future == null) {
      return end();
    }
    T item = output(cx);
    return item == null ? Next.pending() : Next.item(item);
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    open();
    if (future != null) {
      T item = output(cx);
      if (item == null) {
        return Turn.PENDING;
      }
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    cancel();
    return Turn.ENDED;
  }

  /** The output of the future, or null if it is pending or the budget is used up. */
  private @Nullable T output(Context cx) throws Exception {
    if (discard == null) {
      discard = cx.discard();
    }
    Budget budget = cx.budget();
    if (budget.isExhausted() && !cx.tryProceed()) {
      return null;
    }
    try {
      Poll<? extends T> answer = requireNonNull(future, "future").poll(cx);
      if (answer.isPending()) {
        return null;
      }
      T item = requireNonNull(answer.value(), "an element of an AsyncIterator may not be null");
      future = null;
      budget.consume();
      return item;
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  @Override
  public boolean knownEnded() {
    return !isOver() && future == null;
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).child("future", future);
  }
}
