package dev.pollux.core;

import dev.pollux.operator.Stage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands on elements up to the first that a predicate does not hold for. That one is dropped by the
 * user's decision, not discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TakeWhileIterator<T> extends Stage<T, T> {

  private @Nullable Predicate<? super T> predicate;
  private boolean refused;

  TakeWhileIterator(AsyncIterator<T> upstream, Predicate<? super T> predicate) {
    super(upstream);
    this.predicate = predicate;
  }

  @Override
  protected String kind() {
    return "takeWhile";
  }

  @Override
  protected void release(Discard discard) {
    predicate = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      if (!(next instanceof Item<T> item)) {
        return without(next);
      }
      if (passes(item.value())) {
        return next;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean accept(T item) {
    try {
      refused = !passes(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return !refused && sink().accept(item);
  }

  private boolean passes(T item) {
    Predicate<? super T> predicate = this.predicate;
    if (predicate == null) {
      throw released();
    }
    return predicate.test(item);
  }

  @Override
  protected Turn settle(Turn turn) {
    return refused ? Turn.ENDED : turn;
  }
}
