package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Stage;
import dev.pollux.spi.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Hands on each element with the time at which it came, or the time since the one before.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
abstract class ClockedIterator<T, R> extends Stage<T, R> {

  private @Nullable Timer timer;

  /** When the element before came; negative before the first poll. */
  private long beforeNanos = -1;

  ClockedIterator(AsyncIterator<T> upstream) {
    super(upstream);
  }

  /** Makes the element that is handed on. */
  abstract R with(T item, long nowNanos, long beforeNanos);

  @Override
  protected void release(Discard discard) {
    timer = null;
  }

  @Override
  protected void begin(Context cx) {
    Timer timer = cx.timer();
    this.timer = timer;
    if (beforeNanos < 0) {
      beforeNanos = timer.nanoTime();
    }
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin(cx);
      Next<T> next = upstream.pollNext(cx);
      return next instanceof Item<T> item ? Next.item(clocked(item.value())) : without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    return sink().accept(clocked(item));
  }

  private R clocked(T item) {
    long now = requireNonNull(timer, "timer").nanoTime();
    R clocked = with(item, now, beforeNanos);
    beforeNanos = now;
    return clocked;
  }

  /** With the time on the clock. */
  static final class OfStamps<T> extends ClockedIterator<T, Stamped<T>> {
    OfStamps(AsyncIterator<T> upstream) {
      super(upstream);
    }

    @Override
    protected String kind() {
      return "timed.stamped";
    }

    @Override
    Stamped<T> with(T item, long nowNanos, long beforeNanos) {
      return new Stamped<>(nowNanos, item);
    }
  }

  /** With the time since the one before. */
  static final class OfGaps<T> extends ClockedIterator<T, Gap<T>> {
    OfGaps(AsyncIterator<T> upstream) {
      super(upstream);
    }

    @Override
    protected String kind() {
      return "timed.gaps";
    }

    @Override
    Gap<T> with(T item, long nowNanos, long beforeNanos) {
      return new Gap<>(nowNanos - beforeNanos, item);
    }
  }
}
