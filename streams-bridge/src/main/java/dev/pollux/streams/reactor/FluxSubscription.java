package dev.pollux.streams.reactor;

import dev.pollux.core.Discard;
import dev.pollux.spi.TaskLocals;
import dev.pollux.streams.bridge.Demand;
import dev.pollux.streams.bridge.Dialect;
import dev.pollux.streams.bridge.IteratorSubscription;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Scannable;
import reactor.util.context.Context;

/**
 * A subscription to a publisher of ours as Reactor likes to see it: what is dropped goes to
 * Reactor's hooks, and {@link Scannable} can look at it.
 *
 * @threading {@link #request} and {@link #cancel} by any thread; what is scanned may be stale
 */
final class FluxSubscription implements Dialect, Subscription, Scannable {

  private final DropHooks hooks;

  /** Null until {@link #handle}, which comes before the subscriber has this. */
  private @Nullable IteratorSubscription<?> subscription;

  private @Nullable Demand demand;
  private volatile boolean cancelled;

  FluxSubscription(Context context) {
    hooks = new DropHooks(context);
  }

  // ---- to the bridge

  @Override
  public Subscription handle(Demand demand, IteratorSubscription<?> subscription) {
    this.subscription = subscription;
    this.demand = demand;
    return this;
  }

  @Override
  public Discard discard(Discard outer) {
    return hooks.over(outer);
  }

  @Override
  public @Nullable TaskLocals locals() {
    return TaskContext.locals(hooks.context());
  }

  // ---- to the subscriber

  @Override
  public void request(long n) {
    demand().request(n);
  }

  @Override
  public void cancel() {
    if (demand().get() != Demand.OVER) {
      cancelled = true; // a cancel that comes too late by a race is shown as well
    }
    demand().cancel();
  }

  private Demand demand() {
    Demand demand = this.demand;
    if (demand == null) {
      throw new IllegalStateException("the subscription is not handed out yet");
    }
    return demand;
  }

  @Override
  @SuppressWarnings("rawtypes") // so it stands in Scannable
  public @Nullable Object scanUnsafe(Attr key) {
    IteratorSubscription<?> seen = subscription;
    if (seen == null) {
      return null;
    }
    if (key == Attr.ACTUAL) {
      return seen.subscriber();
    }
    if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
      return Math.max(0, demand().get());
    }
    if (key == Attr.CANCELLED) {
      return cancelled;
    }
    if (key == Attr.TERMINATED) {
      return !cancelled && seen.subscriber() == null;
    }
    if (key == Attr.ERROR) {
      return seen.failure();
    }
    if (key == Attr.BUFFERED) {
      return (int) demand().ahead();
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    return null;
  }

  @Override
  public String toString() {
    return "FluxSubscription[" + demand + "]";
  }
}
