package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Gives the latest element: once so long has passed without another, or at times of a schedule. The
 * time is looked at first, so an element that is due is given though another is there.
 *
 * @cancellation discards the element held, and cancels the upstream
 * @threading confined to the polling task
 */
final class DebounceIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  private final long nanos;

  /** Whether the time is that of a schedule, and not counted from each element. */
  private final boolean sampling;

  private final Deadline deadline = new Deadline();

  /** By a schedule: a time at which an element was or is due. Negative before the first poll. */
  private long dueNanos = -1;

  private @Nullable T held;

  DebounceIterator(AsyncIterator<T> upstream, long nanos, boolean sampling) {
    super(upstream);
    this.nanos = nanos;
    this.sampling = sampling;
  }

  @Override
  protected String kind() {
    return sampling ? "timed.sample" : "timed.debounce";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
    T dropped = held;
    held = null;
    discard.discard(dropped);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (dueNanos < 0) {
        dueNanos = cx.timer().nanoTime(); // where the schedule begins
      }
      Next<T> due = takeDue(cx);
      if (due != null) {
        return due;
      }
      Next<T> next = upstream.pollNext(cx);
      while (next instanceof Item<T> item) {
        T before = held;
        held = item.value();
        if (!sampling || before == null) {
          deadline.setAt(due(cx.timer().nanoTime()));
        }
        discard().discard(before);
        next = upstream.pollNext(cx);
      }
      if (next.isPending()) {
        due = takeDue(cx);
        return due == null ? Next.pending() : due;
      }
      T last = held;
      if (last != null) {
        cancelUpstream();
        held = null;
        deadline.stop();
        return Next.item(last);
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  /** The element held, if it is due; null if not, with the waker registered. */
  private @Nullable Next<T> takeDue(Context cx) {
    T due = held;
    if (due == null || !deadline.elapsed(cx)) {
      return null;
    }
    held = null;
    return Next.item(due);
  }

  private long due(long now) {
    if (!sampling) {
      return Deadline.after(now, nanos);
    }
    if (now >= dueNanos) { // where nothing came, nothing was due
      dueNanos = Deadline.after(dueNanos, ((now - dueNanos) / nanos + 1) * nanos);
    }
    return dueNanos;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && held == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held == null ? 0 : 1);
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
