package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives, for each element in turn, the elements of the iterator that a function makes of it, one
 * iterator at a time.
 *
 * @cancellation cancels the inner iterator, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class FlatMapIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  private @Nullable Function<? super A, ? extends AsyncIterator<? extends B>> function;

  /** Null between two inner iterators. */
  private @Nullable AsyncIterator<? extends B> inner;

  FlatMapIterator(
      AsyncIterator<? extends A> upstream,
      Function<? super A, ? extends AsyncIterator<? extends B>> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "flatMap";
  }

  @Override
  protected void release(Discard discard) {
    AsyncIterator<? extends B> inner = this.inner;
    this.inner = null;
    function = null;
    Cancel.iterator(inner, discard);
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is immutable
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) {
        AsyncIterator<? extends B> inner = this.inner;
        if (inner != null) {
          Next<B> next = (Next<B>) inner.pollNext(cx);
          if (!next.isEnd()) {
            return next;
          }
          this.inner = null;
        }
        Turn turn = advance(upstream, cx);
        if (turn != Turn.STOPPED) {
          return turn == Turn.ENDED ? Next.end() : Next.pending();
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) {
        AsyncIterator<? extends B> inner = this.inner;
        if (inner != null) {
          Turn turn = inner.pollEach(cx, sink);
          if (turn != Turn.ENDED) {
            return turn;
          }
          this.inner = null;
        }
        Turn turn = advance(upstream, cx);
        if (turn != Turn.STOPPED) {
          return turn;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** Makes the next inner iterator, which is answered as {@code STOPPED}, of the next element. */
  private Turn advance(AsyncIterator<A> upstream, Context cx) throws Exception {
    Next<A> next = upstream.pollNext(cx);
    if (next instanceof Item<A> item) {
      Function<? super A, ? extends AsyncIterator<? extends B>> function = this.function;
      if (function == null) {
        throw released();
      }
      AsyncIterator<? extends B> made = function.apply(item.value());
      if (made == null) {
        throw new NullPointerException(
            "flatMap: the function answered null instead of an iterator");
      }
      inner = made;
      return Turn.STOPPED;
    }
    if (next.isEnd()) {
      cancel();
      return Turn.ENDED;
    }
    return Turn.PENDING;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    AsyncIterator<? extends B> inner = this.inner;
    return upstream != null && upstream.knownEnded() && (inner == null || inner.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("inner", inner).stream("upstream", upstream());
  }
}
