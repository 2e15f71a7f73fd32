package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the future that a function makes of each element, one at a time, and drops its output.
 *
 * @cancellation cancels the future in flight, then the upstream; nothing is held
 * @threading confined to the polling task
 */
final class ForEachAsyncFuture<A> extends UpstreamOwner<A> implements Future<Void> {

  private @Nullable Function<? super A, ? extends Future<?>> action;

  /** Null between two futures. */
  private @Nullable Future<?> inFlight;

  ForEachAsyncFuture(AsyncIterator<A> upstream, Function<? super A, ? extends Future<?>> action) {
    super(upstream);
    this.action = action;
  }

  @Override
  protected String kind() {
    return "forEachAsync";
  }

  @Override
  protected void release(Discard discard) {
    Future<?> inFlight = this.inFlight;
    this.inFlight = null;
    action = null;
    Cancel.child(inFlight, discard);
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Future<?> inFlight = this.inFlight;
        if (inFlight == null) {
          Next<A> next = upstream.pollNext(cx);
          if (!(next instanceof Item<A> item)) {
            if (next.isPending()) {
              return Poll.pending();
            }
            cancel();
            return Poll.done();
          }
          inFlight =
              requireNonNull(
                  requireNonNull(action, "action").apply(item.value()),
                  "forEachAsync: the action answered null instead of a future");
          this.inFlight = inFlight;
        }
        if (inFlight.poll(cx).isPending()) {
          return Poll.pending();
        }
        this.inFlight = null;
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).child("inFlight", inFlight).stream("upstream", upstream());
  }
}
