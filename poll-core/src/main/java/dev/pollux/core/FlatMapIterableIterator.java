package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives, for each element in turn, the elements of the {@code Iterable} that a function makes of
 * it. Each takes a unit of budget, for an iterable may be endless.
 *
 * @cancellation cancels the upstream; what an iterable has not given yet is still the user's and is
 *     not discarded
 * @threading confined to the polling task
 */
final class FlatMapIterableIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  private @Nullable Function<? super A, ? extends Iterable<? extends B>> function;

  /** Null between two iterables. */
  private @Nullable Iterator<? extends B> inner;

  FlatMapIterableIterator(
      AsyncIterator<A> upstream, Function<? super A, ? extends Iterable<? extends B>> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "flatMapIterable";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    inner = null;
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) {
        Iterator<? extends B> inner = this.inner;
        if (inner != null) {
          if (inner.hasNext()) {
            return cx.tryProceed() ? Next.item(take(inner)) : Next.pending();
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
        Iterator<? extends B> inner = this.inner;
        while (inner != null && inner.hasNext()) {
          if (!cx.tryProceed()) {
            return Turn.PENDING;
          }
          B item = take(inner);
          try {
            if (!sink.accept(item)) {
              return Turn.STOPPED;
            }
          } catch (Throwable violation) {
            throw SinkContract.violated(this, cx, violation);
          }
        }
        this.inner = null;
        Turn turn = advance(upstream, cx);
        if (turn != Turn.STOPPED) {
          return turn;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private B take(Iterator<? extends B> inner) {
    return requireNonNull(
        inner.next(), "flatMapIterable: an iterable gave null, and an element may not be null");
  }

  /** Opens the iterable, which is answered as {@code STOPPED}, of the next element. */
  private Turn advance(AsyncIterator<A> upstream, Context cx) throws Exception {
    Next<A> next = upstream.pollNext(cx);
    if (next instanceof Item<A> item) {
      Iterable<? extends B> iterable =
          requireNonNull(
              requireNonNull(function, "function").apply(item.value()),
              "flatMapIterable: the function answered null instead of an iterable");
      inner =
          requireNonNull(
              iterable.iterator(), "flatMapIterable: an iterable gave null instead of an iterator");
      return Turn.STOPPED;
    }
    if (next.isEnd()) {
      cancel();
      return Turn.ENDED;
    }
    return Turn.PENDING;
  }

  /** Unknown while an iterable is open: asking it may be work. */
  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null && inner == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("open", inner != null).stream("upstream", upstream());
  }
}
