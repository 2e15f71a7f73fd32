package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Stage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands on elements up to and with the first that a predicate holds for, and cancels the upstream
 * as soon as it has that one.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TakeThroughIterator<T> extends Stage<T, T> {

  private @Nullable Predicate<? super T> predicate;

  /** Whether the last element has been handed on. */
  private boolean through;

  /** What the sink answered to the last element. */
  private boolean sinkWantsMore;

  TakeThroughIterator(AsyncIterator<T> upstream, Predicate<? super T> predicate) {
    super(upstream);
    this.predicate = predicate;
  }

  @Override
  protected String kind() {
    return "takeThrough";
  }

  @Override
  protected void release(Discard discard) {
    predicate = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    if (through) {
      cancel();
      return Next.end();
    }
    try {
      Next<T> next = upstream.pollNext(cx);
      if (!(next instanceof Item<T> item)) {
        return without(next);
      }
      if (isLast(item.value())) {
        through = true;
        cancelUpstream();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean last;
    try {
      last = isLast(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    boolean more = sink().accept(item);
    if (!last) {
      return more;
    }
    through = true;
    sinkWantsMore = more;
    return false;
  }

  private boolean isLast(T item) {
    return requireNonNull(predicate, "predicate").test(item);
  }

  @Override
  protected boolean endsHere() {
    return through;
  }

  @Override
  protected Turn settle(Turn turn) {
    if (!through) {
      return turn;
    }
    if (sinkWantsMore) {
      return Turn.ENDED;
    }
    cancelUpstream();
    return Turn.STOPPED;
  }
}
