package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Children;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Futures that run side by side in one task; their outputs come in the order in which they
 * complete.
 *
 * <p>Each has a waker of its own, and only those that were woken are polled: a wake-up costs the
 * same among ten futures and among 100,000. If one fails, the others are cancelled and its failure
 * is thrown.
 *
 * <pre>{@code
 * FutureSet<Page> pages = new FutureSet<>();
 * for (URI link : links) {
 *   pages.add(fetch(link));
 * }
 * Next<Page> first = pages.pollNext(cx);
 * }</pre>
 *
 * <p>Futures may be added between two polls, or by one of the futures while it is polled, for as
 * long as the set is not over. A set that is polled while it is empty answers {@code End} and is
 * over: whoever means to add more later looks at {@link #size()} first.
 *
 * <p>The futures have the task in common, and with it its thread and its budget: work that shall
 * use several threads is spawned. Source: {@code FuturesUnordered} of futures-rs.
 *
 * @param <T> the output of the futures, never null
 * @cancellation cancels the futures, newest first; no output is held, so none is lost
 * @threading as every iterator; the wakers that the futures are given may be woken from any thread
 */
public final class FutureSet<T> implements AsyncIterator<T> {

  /** Null once over. */
  private @Nullable Children<T> children = new Children<>();

  /** How many were ever added: names the children in descriptions. */
  private int added;

  /** Makes an empty set. */
  public FutureSet() {}

  /**
   * Adds a future, which the set owns from now on. It is polled by the next poll of the set; a task
   * that waits for the set is woken.
   *
   * @param future what is added
   * @throws IllegalStateException if the set is over; {@code future} is not touched then
   */
  public void add(Future<? extends T> future) {
    requireNonNull(future, "future");
    if (children == null) {
      throw new IllegalStateException("a FutureSet that is over takes no more futures");
    }
    Unpolled.used(future);
    if (added == 0) {
      Unpolled.made(this);
    }
    children.add(added++, future);
  }

  /** How many of the futures have not completed; 0 once the set is over. */
  public int size() {
    return children == null ? 0 : children.size();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    Children<T> children = this.children;
    if (children == null) {
      throw new PollAfterEndException("FutureSet");
    }
    Unpolled.used(this);
    try {
      Children.Child<T> completed = children.pollReady(cx);
      if (completed != null) {
        return Next.item(requireNonNull(completed.takeOutput(), "an output of null is no element"));
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (children.size() > 0) {
      return Next.pending();
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean knownEnded() {
    return children != null && children.size() == 0;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Children<T> children = this.children;
    this.children = null;
    if (children != null) {
      children.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("FutureSet").with("running", size()).with("added", added);
    if (children != null) {
      children.describe(description);
    }
  }

  @Override
  public String toString() {
    return "FutureSet[" + size() + " running]";
  }
}
