package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Shows a {@link Tap} what passes. The tap is taken out of its field before it is told of the end,
 * so that it is told once, whatever it does then.
 *
 * @cancellation tells the tap, then cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class TapIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  private final String kind;

  /** Null once it was told how this came to its end. */
  private @Nullable Tap<? super T> tap;

  private boolean polled;

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super T> sink;

  TapIterator(String kind, AsyncIterator<T> upstream, Tap<? super T> tap) {
    super(upstream);
    this.kind = kind;
    this.tap = tap;
  }

  @Override
  protected String kind() {
    return kind;
  }

  @Override
  protected void release(Discard discard) {
    Tap<? super T> tap = this.tap;
    this.tap = null;
    if (tap != null) { // neither ended nor failed
      try {
        tap.onCancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "a tap that was told of a cancel");
      }
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin();
      Next<T> next = upstream.pollNext(cx);
      if (next instanceof Item<T> item) {
        live().onElement(item.value());
      } else if (next.isEnd()) {
        end();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(told(failure));
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      begin();
      this.sink = sink;
      Turn turn = feed(upstream, cx, this);
      if (turn == Turn.ENDED) {
        end();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(told(failure));
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    try {
      live().onElement(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return requireNonNull(sink, "sink").accept(item);
  }

  private Tap<? super T> live() {
    return requireNonNull(tap, "tap");
  }

  private void begin() {
    if (!polled) {
      polled = true;
      live().onFirstPoll();
    }
  }

  private void end() {
    Tap<? super T> tap = live();
    this.tap = null;
    tap.onEnd();
    cancel();
  }

  /** Tells the tap of {@code failure}, and returns it. */
  private Throwable told(Throwable failure) {
    Tap<? super T> tap = this.tap;
    this.tap = null;
    if (tap != null) {
      try {
        tap.onFailure(failure);
      } catch (Throwable second) {
        if (second != failure) {
          failure.addSuppressed(second);
        }
      }
    }
    return failure;
  }

  // Not known to have ended even if the upstream is: the tap may fail at its end.

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
