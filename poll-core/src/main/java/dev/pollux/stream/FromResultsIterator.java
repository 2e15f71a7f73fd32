package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Settled;
import dev.pollux.operator.Stage;

/**
 * Gives the element of each outcome, and fails with the first that is a failure.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class FromResultsIterator<T> extends Stage<Settled<? extends T>, T> {

  FromResultsIterator(AsyncIterator<? extends Settled<? extends T>> upstream) {
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
    AsyncIterator<Settled<? extends T>> upstream = open(cx);
    try {
      Next<Settled<? extends T>> next = upstream.pollNext(cx);
      return next instanceof Item<Settled<? extends T>> item
          ? Next.<T>item(elementOf(item.value()))
          : without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(Settled<? extends T> settled) {
    T element;
    try {
      element = elementOf(settled);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return sink().accept(element);
  }

  private static <T> T elementOf(Settled<? extends T> settled) throws Exception {
    return requireNonNull(settled.value(), "fromResults: an element may not be null");
  }
}
