package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements that a predicate holds for whose answer is a future, one at a time. The
 * others are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the future in flight and discards the element that it decides on, then
 *     cancels the upstream
 * @threading confined to the polling task
 */
final class FilterAsyncIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  private @Nullable Function<? super T, ? extends Future<Boolean>> predicate;

  /** The element that is decided on, null if there is none. */
  private @Nullable T held;

  private @Nullable Future<Boolean> inFlight;

  FilterAsyncIterator(
      AsyncIterator<T> upstream, Function<? super T, ? extends Future<Boolean>> predicate) {
    super(upstream);
    this.predicate = predicate;
  }

  @Override
  protected String kind() {
    return "filterAsync";
  }

  @Override
  protected void release(Discard discard) {
    Future<Boolean> inFlight = this.inFlight;
    T held = this.held;
    this.inFlight = null;
    this.held = null;
    predicate = null;
    Cancel.child(inFlight, discard);
    discard.discard(held);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      return advance(upstream, cx);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) {
        Next<T> next = advance(upstream, cx);
        if (!(next instanceof Item<T> item)) {
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

  private Next<T> advance(AsyncIterator<T> upstream, Context cx) throws Exception {
    while (true) { // ends: the source takes budget for each element
      Future<Boolean> inFlight = this.inFlight;
      if (inFlight == null) {
        Next<T> next = upstream.pollNext(cx);
        if (!(next instanceof Item<T> item)) {
          if (next.isEnd()) {
            cancel();
          }
          return next;
        }
        held = item.value();
        inFlight =
            requireNonNull(
                requireNonNull(predicate, "predicate").apply(item.value()),
                "filterAsync: the predicate answered null instead of a future");
        this.inFlight = inFlight;
      }
      Poll<Boolean> answer = inFlight.poll(cx);
      if (answer.isPending()) {
        return Next.pending();
      }
      this.inFlight = null;
      boolean passes = requireNonNull(answer.value(), "filterAsync: a future gave null");
      T decided = requireNonNull(held, "held");
      held = null;
      if (passes) {
        return Next.item(decided);
      }
    }
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> upstream = upstream();
    return upstream != null && inFlight == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", held == null ? 0 : 1).child("inFlight", inFlight).stream(
        "upstream", upstream());
  }
}
