package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements and, if the upstream fails with an {@code Exception}, fails with what a
 * function makes of it.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class MapFailureIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T>, Sink<T> {

  private @Nullable Function<? super Exception, ? extends Exception> function;

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super T> sink;

  /** Whether the sink has thrown, which is no failure of the upstream's. */
  private boolean violated;

  MapFailureIterator(
      AsyncIterator<T> upstream, Function<? super Exception, ? extends Exception> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "mapFailure";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      Next<T> next = upstream.pollNext(cx);
      if (next.isEnd()) {
        cancel();
      }
      return next;
    } catch (Throwable failure) {
      throw failed(mapped(failure));
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      this.sink = sink;
      Turn turn = upstream.pollEach(cx, this);
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(mapped(failure));
    } finally {
      this.sink = null;
    }
  }

  @Override
  public boolean accept(T item) {
    try {
      return requireNonNull(sink, "sink").accept(item);
    } catch (Throwable violation) {
      violated = true;
      throw violation;
    }
  }

  /** What to throw in place of {@code failure}. */
  private Throwable mapped(Throwable failure) {
    if (violated || !(failure instanceof Exception exception)) {
      return failure;
    }
    try {
      return requireNonNull(
          requireNonNull(function, "function").apply(exception),
          "mapFailure: the function answered null instead of an exception");
    } catch (Throwable second) {
      if (second != failure) {
        second.addSuppressed(failure);
      }
      return second;
    }
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
