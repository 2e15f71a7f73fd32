package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Raise;
import dev.pollux.operator.UpstreamOwner;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element so long after it was taken in.
 *
 * @cancellation discards the elements held, newest first, and cancels the upstream
 * @threading confined to the polling task
 */
final class DelayElementsIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  /** An element, and when it is given. */
  private record Due<T>(long nanos, T value) {}

  private final long nanos;
  private final int limit;
  private final Deadline deadline = new Deadline();

  /** At most {@link #limit}, in the order in which they are due. */
  private final Deque<Due<T>> held = new ArrayDeque<>();

  /** Whether the upstream has ended or failed. */
  private boolean complete;

  /** What is thrown after the elements held. */
  private @Nullable Throwable failure;

  DelayElementsIterator(AsyncIterator<T> upstream, long nanos, int limit) {
    super(upstream);
    this.nanos = nanos;
    this.limit = limit;
  }

  @Override
  protected String kind() {
    return "timed.delayElements";
  }

  @Override
  protected void release(Discard discard) {
    deadline.stop();
    failure = null;
    while (!held.isEmpty()) {
      discard.discard(held.removeLast().value());
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      // What is due comes first: an upstream that always has an element could use up every budget.
      if (!isDue(cx)) {
        takeIn(upstream, cx);
        if (!isDue(cx)) {
          if (!complete || !held.isEmpty()) {
            return Next.pending();
          }
          if (failure != null) {
            throw Raise.unchecked(failure);
          }
          cancel();
          return Next.end();
        }
      }
      // Held, so this is its source now.
      return cx.tryProceed() ? Next.item(held.removeFirst().value()) : Next.pending();
    } catch (Throwable thrown) {
      throw failed(thrown);
    }
  }

  private void takeIn(AsyncIterator<T> upstream, Context cx) {
    while (!complete && held.size() < limit) {
      Next<T> next;
      try {
        next = upstream.pollNext(cx);
      } catch (StackOverflowError overflow) {
        throw overflow; // not for keeping: what it left undone is done further up
      } catch (Throwable thrown) {
        failure = thrown;
        complete = true;
        cancelUpstream();
        return;
      }
      if (!(next instanceof Item<T> item)) {
        complete = next.isEnd();
        return;
      }
      held.addLast(new Due<>(Deadline.after(cx.timer().nanoTime(), nanos), item.value()));
    }
  }

  /** Whether the first element is due; if not, its time is waited for. */
  private boolean isDue(Context cx) {
    Due<T> first = held.peekFirst();
    if (first == null) {
      return false;
    }
    if (first.nanos() != deadline.deadlineNanos() || deadline.isStopped()) {
      deadline.setAt(first.nanos());
    }
    return deadline.elapsed(cx);
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null
        && held.isEmpty()
        && failure == null
        && (complete || upstream.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held.size()).with("limit", limit);
    deadline.describe(description);
    description.stream("upstream", upstream());
  }
}
