package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of the iterator that a function makes of the latest element: the next element
 * cancels that iterator. Each poll first asks the upstream for all that it has, and reads the inner
 * iterator when there is nothing newer.
 *
 * @cancellation cancels the inner iterator, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SwitchMapIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  private @Nullable Function<? super A, ? extends AsyncIterator<? extends B>> function;

  /** Null before the first element, and once it has ended. */
  private @Nullable AsyncIterator<? extends B> inner;

  /** Whether the upstream has ended. */
  private boolean complete;

  SwitchMapIterator(
      AsyncIterator<A> upstream,
      Function<? super A, ? extends AsyncIterator<? extends B>> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "switchMap";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    cancelInner(discard);
  }

  private void cancelInner(Discard discard) {
    AsyncIterator<?> inner = this.inner;
    this.inner = null;
    Cancel.iterator(inner, discard);
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is immutable
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      switchToLatest(upstream, cx);
      AsyncIterator<? extends B> inner = this.inner;
      if (inner != null) {
        Next<B> next = (Next<B>) inner.pollNext(cx);
        if (!next.isEnd()) {
          return next;
        }
        this.inner = null;
      }
      return endIfComplete() ? Next.end() : Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      switchToLatest(upstream, cx);
      AsyncIterator<? extends B> inner = this.inner;
      if (inner != null) {
        Turn turn = inner.pollEach(cx, sink);
        if (turn != Turn.ENDED) {
          return turn;
        }
        this.inner = null;
      }
      return endIfComplete() ? Turn.ENDED : Turn.PENDING;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** Reads the upstream until it is pending, with the waker registered, or has ended. */
  private void switchToLatest(AsyncIterator<A> upstream, Context cx) throws Exception {
    while (!complete) { // ends: the source takes budget for each element
      Next<A> next = upstream.pollNext(cx);
      if (next instanceof Item<A> item) {
        cancelInner(discard());
        inner =
            requireNonNull(
                requireNonNull(function, "function").apply(item.value()),
                "switchMap: the function answered null instead of an iterator");
      } else if (next.isEnd()) {
        complete = true;
        continueWith(new EmptyIterator<>());
      } else {
        return;
      }
    }
  }

  private boolean endIfComplete() {
    if (complete) {
      cancel();
    }
    return complete;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<? extends B> inner = this.inner;
    AsyncIterator<A> upstream = upstream();
    return upstream != null && upstream.knownEnded() && (inner == null || inner.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("inner", inner).stream(
        "upstream", complete ? null : upstream());
  }
}
