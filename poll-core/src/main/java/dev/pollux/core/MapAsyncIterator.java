package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the outputs of the futures that a function makes of the elements, one future at a time.
 *
 * @cancellation cancels the future in flight, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class MapAsyncIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  private @Nullable Function<? super A, ? extends Future<? extends B>> function;

  /** Null between two futures. */
  private @Nullable Future<? extends B> inFlight;

  MapAsyncIterator(
      AsyncIterator<? extends A> upstream,
      Function<? super A, ? extends Future<? extends B>> function) {
    super(upstream);
    this.function = function;
  }

  @Override
  protected String kind() {
    return "mapAsync";
  }

  @Override
  protected void release(Discard discard) {
    Future<?> inFlight = this.inFlight;
    this.inFlight = null;
    function = null;
    Cancel.child(inFlight, discard);
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      return advance(upstream, cx);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) {
        Next<B> next = advance(upstream, cx);
        if (!(next instanceof Item<B> item)) {
          return next.isEnd() ? Turn.ENDED : Turn.PENDING;
        }
        try {
          if (!sink.accept(item.value())) {
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private Next<B> advance(AsyncIterator<A> upstream, Context cx) throws Exception {
    Future<? extends B> inFlight = this.inFlight;
    if (inFlight == null) {
      Next<A> next = upstream.pollNext(cx);
      if (!(next instanceof Item<A> item)) {
        if (next.isEnd()) {
          cancel();
          return Next.end();
        }
        return Next.pending();
      }
      inFlight =
          requireNonNull(
              requireNonNull(function, "function").apply(item.value()),
              "mapAsync: the function answered null instead of a future");
      this.inFlight = inFlight;
    }
    Poll<? extends B> answer = inFlight.poll(cx);
    if (answer.isPending()) {
      return Next.pending();
    }
    this.inFlight = null;
    return Next.item(
        requireNonNull(
            answer.value(), "mapAsync: a future gave null, and an element may not be null"));
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null && inFlight == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).child("inFlight", inFlight).stream("upstream", upstream());
  }
}
