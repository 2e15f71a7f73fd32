package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Stage;

/**
 * Gives the element of each outcome, and fails with the first that is a failure.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class FromResultsIterator<T> extends Stage<Outcome<? extends T>, T> {

  FromResultsIterator(AsyncIterator<? extends Outcome<? extends T>> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "fromResults";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<Outcome<? extends T>> upstream = open(cx);
    try {
      Next<Outcome<? extends T>> next = upstream.pollNext(cx);
      return next instanceof Item<Outcome<? extends T>> item
          ? Next.<T>item(item.value().value())
          : without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(Outcome<? extends T> outcome) {
    T element;
    try {
      element = outcome.value();
    } catch (Throwable failure) {
      return fail(failure);
    }
    return sink().accept(element);
  }
}
