package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Stage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows each element to an action before it hands it on.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class InspectIterator<T> extends Stage<T, T> {

  private @Nullable Consumer<? super T> action;

  InspectIterator(AsyncIterator<T> upstream, Consumer<? super T> action) {
    super(upstream);
    this.action = action;
  }

  @Override
  protected String kind() {
    return "inspect";
  }

  @Override
  protected void release(Discard discard) {
    action = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      if (!(next instanceof Item<T> item)) {
        return without(next);
      }
      show(item.value());
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    try {
      show(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return sink().accept(item);
  }

  private void show(T item) {
    requireNonNull(action, "action").accept(item);
  }
}
