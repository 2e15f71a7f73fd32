package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.UpstreamOwner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Gives elements together that came within a time: so long after the first of them, or by a
 * schedule that begins with the first poll. Elements that are there are taken in before the time is
 * looked at.
 *
 * @cancellation discards what is held, and cancels the upstream
 * @threading confined to the polling task
 */
final class TimedChunks<T> extends UpstreamOwner<T> implements AsyncIterator<List<T>> {

  private final int limit;
  private final long nanos;

  /** Whether the time is counted from the first element of a chunk. */
  private final boolean fromFirst;

  private final Deadline deadline = new Deadline();

  /** By a schedule: a time at which a chunk was or is due. Negative before the first poll. */
  private long dueNanos = -1;

  private ArrayList<T> held = new ArrayList<>();

  TimedChunks(AsyncIterator<T> upstream, int limit, long nanos, boolean fromFirst) {
    super(upstream);
    this.limit = limit;
    this.nanos = nanos;
    this.fromFirst = fromFirst;
  }

  @Override
  protected String kind() {
    return fromFirst ? "chunked.ofSizeOrTime" : "chunked.ofTime";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
    for (int i = held.size() - 1; i >= 0; i--) {
      discard.discard(held.get(i));
    }
    held = new ArrayList<>(0);
  }

  @Override
  public Next<List<T>> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (dueNanos < 0) {
        dueNanos = cx.timer().nanoTime(); // where the schedule begins
      }
      Next<T> next = upstream.pollNext(cx);
      while (next instanceof Item<T> item) {
        if (held.isEmpty()) {
          deadline.setAt(due(cx.timer().nanoTime()));
        }
        held.add(item.value());
        if (held.size() == limit) {
          return take();
        }
        next = upstream.pollNext(cx);
      }
      if (next.isEnd()) {
        if (!held.isEmpty()) {
          cancelUpstream();
          return take();
        }
      } else if (!held.isEmpty() && deadline.elapsed(cx)) {
        return take();
      } else {
        return Next.pending();
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  /** When a chunk is given at the latest whose first element is taken in now. */
  private long due(long now) {
    if (fromFirst) {
      return Deadline.after(now, nanos);
    }
    if (now >= dueNanos) { // where none came, or none was asked for, one is left out
      dueNanos = Deadline.after(dueNanos, ((now - dueNanos) / nanos + 1) * nanos);
    }
    return dueNanos;
  }

  private Next<List<T>> take() {
    deadline.stop();
    List<T> chunk = Collections.unmodifiableList(held);
    held = new ArrayList<>();
    return Next.item(chunk);
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && held.isEmpty() && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held.size()).with("limit", limit);
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
