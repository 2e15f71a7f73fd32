package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds the element that was looked at until it is taken.
 *
 * @cancellation cancels the upstream, and discards the element held
 * @threading confined to the polling task
 */
final class PeekableIterator<T> extends UpstreamOwner<T> implements Peekable<T> {

  /** The element that was looked at, null if there is none. */
  private @Nullable T held;

  /** Whether the end was looked at. */
  private boolean ended;

  PeekableIterator(AsyncIterator<T> upstream) {
    super(upstream);
  }

  @Override
  protected String kind() {
    return "peekable";
  }

  @Override
  protected void release(Discard discard) {
    T held = this.held;
    this.held = null;
    discard.discard(held);
  }

  @Override
  public Next<T> pollPeek(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (held != null) {
        return Next.item(held);
      }
      if (ended) {
        return Next.end();
      }
      Next<T> next = upstream.pollNext(cx);
      if (next instanceof Item<T> item) {
        held = item.value();
      } else if (next.isEnd()) {
        ended = true;
        continueWith(new EmptyIterator<>()); // so that the end can be answered again
      }
      return next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      if (held != null) {
        return cx.tryProceed() ? Next.item(takeHeld()) : Next.pending();
      }
      Next<T> next = upstream.pollNext(cx);
      if (next.isEnd()) {
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
      if (held != null) {
        if (!cx.tryProceed()) {
          return Turn.PENDING;
        }
        T item = takeHeld();
        try {
          if (!sink.accept(item)) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      }
      Turn turn = upstream.pollEach(cx, sink);
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** The element that was looked at, which is no longer here then. */
  T takeHeld() {
    T item = requireNonNull(held, "held");
    held = null;
    return item;
  }

  @Override
  public Future<Optional<T>> peek() {
    return Unpolled.made(new PeekFuture<>("peek", this, null), this);
  }

  @Override
  public Future<Optional<T>> nextIf(Predicate<? super T> predicate) {
    return Unpolled.made(
        new PeekFuture<>("nextIf", this, requireNonNull(predicate, "predicate")), this);
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && held == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held == null ? 0 : 1).stream(
        "upstream", ended ? null : upstream());
  }
}
