package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Stage;
import dev.pollux.spi.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Drops elements that come within a time: after one that was handed on, or with {@code once} from
 * the first poll on. Looks at the clock only, and waits for nothing.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class ThrottleFirstIterator<T> extends Stage<T, T> {

  private final long nanos;

  /** Whether there is one such time, which begins with the first poll. */
  private final boolean once;

  /** When elements are handed on again; negative before the first poll. */
  private long openNanos = -1;

  private @Nullable Timer timer;

  ThrottleFirstIterator(AsyncIterator<T> upstream, long nanos, boolean once) {
    super(upstream);
    this.nanos = nanos;
    this.once = once;
  }

  @Override
  protected String kind() {
    return once ? "timed.skipFor" : "timed.throttleFirst";
  }

  @Override
  protected void release(Discard discard) {
    timer = null;
  }

  @Override
  protected void begin(Context cx) {
    Timer timer = cx.timer();
    this.timer = timer;
    if (openNanos < 0) {
      openNanos = once ? Deadline.after(timer.nanoTime(), nanos) : 0;
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin(cx);
      Next<T> next = upstream.pollNext(cx);
      while (next instanceof Item<T> item) {
        if (passes()) {
          return next;
        }
        discard().discard(item.value());
        next = upstream.pollNext(cx);
      }
      return without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean passes;
    try {
      passes = passes();
    } catch (Throwable failure) {
      return fail(failure);
    }
    if (passes) {
      return sink().accept(item);
    }
    discard().discard(item);
    return true;
  }

  /** Whether an element that comes now is handed on. */
  private boolean passes() {
    Timer timer = this.timer;
    if (timer == null || (once && openNanos == 0)) {
      return true;
    }
    long now = timer.nanoTime();
    if (now < openNanos) {
      return false;
    }
    openNanos = once ? 0 : Deadline.after(now, nanos);
    return true;
  }
}
