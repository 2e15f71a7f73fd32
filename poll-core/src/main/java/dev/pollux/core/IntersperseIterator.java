package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Gives a separator between each two elements. A separator is given once the element after it has
 * come, which is held meanwhile, so that none follows the last element.
 *
 * @cancellation cancels the upstream, and discards the element held
 * @threading confined to the polling task
 */
final class IntersperseIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  /** Null once this is over. */
  private @Nullable T separator;

  /** The element that has come and was not given, if there is one. */
  private @Nullable T held;

  /** Whether the separator before {@link #held} was not given either. */
  private boolean separatorIsDue;

  /** Whether the first element has come. */
  private boolean begun;

  // Set during pollEach.
  private @Nullable Sink<? super T> sink;
  private @Nullable Context cx;

  IntersperseIterator(AsyncIterator<T> upstream, T separator) {
    super(upstream);
    this.separator = separator;
  }

  @Override
  protected String kind() {
    return "intersperse";
  }

  @Override
  protected void release(Discard discard) {
    T held = this.held;
    this.held = null;
    separator = null;
    discard.discard(held);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (held == null) {
        Next<T> next = upstream.pollNext(cx);
        if (!(next instanceof Item<T> item)) {
          if (next.isEnd()) {
            cancel();
          }
          return next;
        }
        if (!begun) {
          begun = true;
          return next;
        }
        hold(item.value());
      }
      return cx.tryProceed() ? Next.item(takeDue()) : Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (held != null) {
        if (!cx.tryProceed()) {
          return Turn.PENDING;
        }
        T item = takeDue();
        try {
          if (!sink.accept(item)) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      }
      this.sink = sink;
      this.cx = cx;
      Turn turn = feed(upstream, cx, this);
      if (turn == Turn.ENDED) {
        cancel();
      }
      // Where the separator is due and the sink has not stopped, it was the budget that stopped.
      return turn == Turn.STOPPED && separatorIsDue ? Turn.PENDING : turn;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
      this.cx = null;
    }
  }

  @Override
  public boolean accept(T item) {
    Sink<? super T> sink = requireNonNull(this.sink, "sink");
    if (!begun) {
      begun = true;
      return sink.accept(item);
    }
    hold(item);
    if (!requireNonNull(cx, "cx").tryProceed() || !sink.accept(takeDue())) {
      return false;
    }
    return sink.accept(takeDue()); // at once, so its unit is the one that the source took
  }

  private void hold(T item) {
    held = item;
    separatorIsDue = true;
  }

  /** The separator, or the element after it. */
  private T takeDue() {
    if (separatorIsDue) {
      separatorIsDue = false;
      return requireNonNull(separator, "separator");
    }
    T item = requireNonNull(held, "held");
    held = null;
    return item;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && held == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held == null ? 0 : 1).stream("upstream", upstream());
  }
}
