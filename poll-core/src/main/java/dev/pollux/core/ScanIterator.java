package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives a seed, and then what a function makes of the value before and each element.
 *
 * @cancellation cancels the upstream; the last value is dropped, having been handed on
 * @threading confined to the polling task
 */
final class ScanIterator<A, R> extends UpstreamOwner<A> implements AsyncIterator<R>, Sink<A> {

  /** The value before, null once this is over. */
  private @Nullable R last;

  private @Nullable BiFunction<? super R, ? super A, ? extends R> function;

  /** Whether the seed was given, which takes a unit of budget as it is nobody else's element. */
  private boolean begun;

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super R> sink;

  ScanIterator(
      AsyncIterator<A> upstream, R seed, BiFunction<? super R, ? super A, ? extends R> function) {
    super(upstream);
    this.last = seed;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "scan";
  }

  @Override
  protected void release(Discard discard) {
    last = null;
    function = null;
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      if (!begun) {
        if (!cx.tryProceed()) {
          return Next.pending();
        }
        begun = true;
        return Next.item(requireNonNull(last, "last"));
      }
      Next<A> next = upstream.pollNext(cx);
      if (next instanceof Item<A> item) {
        return Next.item(apply(item.value()));
      }
      if (next.isEnd()) {
        cancel();
        return Next.end();
      }
      return Next.pending();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super R> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      if (!begun) {
        if (!cx.tryProceed()) {
          return Turn.PENDING;
        }
        begun = true;
        if (!offer(requireNonNull(last, "last"), cx, sink)) {
          return Turn.STOPPED;
        }
      }
      this.sink = sink;
      Turn turn = feed(upstream, cx, this);
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

  private boolean offer(R item, Context cx, Sink<? super R> sink) {
    try {
      return sink.accept(item);
    } catch (Throwable violation) {
      throw SinkContract.violated(this, cx, violation);
    }
  }

  @Override
  public boolean accept(A item) {
    R next;
    try {
      next = apply(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return requireNonNull(sink, "sink").accept(next);
  }

  private R apply(A item) {
    R next =
        requireNonNull(
            requireNonNull(function, "function").apply(requireNonNull(last, "last"), item),
            "scan: the function answered null, and an element may not be null");
    last = next;
    return next;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return begun && upstream != null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
