package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.UpstreamOwner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements of the upstream or, if there are none, those of the iterator that a
 * supplier makes then. {@code defaultIfEmpty} and {@code defer} are made of it.
 *
 * @cancellation cancels whichever of the two iterators is read; nothing is held
 * @threading confined to the polling task
 */
final class SwitchIfEmptyIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  private final String kind;

  /** Null once it is known which iterator is read, and once this is over. */
  private @Nullable Supplier<? extends AsyncIterator<? extends T>> other;

  /** Set during {@code pollEach}, until the first element. */
  private @Nullable Sink<? super T> sink;

  SwitchIfEmptyIterator(
      String kind,
      AsyncIterator<? extends T> upstream,
      Supplier<? extends AsyncIterator<? extends T>> other) {
    super(upstream);
    this.kind = kind;
    this.other = other;
  }

  @Override
  protected String kind() {
    return kind;
  }

  @Override
  protected void release(Discard discard) {
    other = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      if (next.isEnd() && other != null) {
        next = switchOver().pollNext(cx);
      }
      if (next.isItem()) {
        other = null;
      } else if (next.isEnd()) {
        cancel();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Turn turn;
      if (other == null) {
        turn = upstream.pollEach(cx, sink);
      } else {
        this.sink = sink;
        turn = feed(upstream, cx, this);
        if (turn == Turn.ENDED && other != null) {
          turn = switchOver().pollEach(cx, sink);
        }
      }
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    other = null;
    return requireNonNull(sink, "sink").accept(item);
  }

  /** Goes on with the other iterator, the upstream having ended without an element. */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> switchOver() {
    Supplier<? extends AsyncIterator<? extends T>> other = requireNonNull(this.other, "other");
    this.other = null;
    AsyncIterator<T> next =
        (AsyncIterator<T>)
            requireNonNull(other.get(), () -> kind + ": the supplier gave null, not an iterator");
    continueWith(next);
    return next;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return other == null && upstream != null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
