package dev.pollux.streams.reactor;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.streams.bridge.Incoming;
import dev.pollux.streams.bridge.RingSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.util.context.Context;

/**
 * The subscriber behind an iterator, as Reactor likes to see it: with a context, which holds the
 * task locals of the first poll.
 *
 * @threading the {@link Subscriber} methods belong to the upstream, one call at a time; what is
 *     scanned may be stale
 */
final class FluxSubscriber<T> implements Incoming<T>, CoreSubscriber<T>, Scannable {

  private final DropHooks hooks;
  private final int capacity;

  /** Null until it is subscribed. */
  private @Nullable RingSubscriber<T> ring;

  /** The upstream has ended; its own. */
  private boolean ended;

  FluxSubscriber(dev.pollux.core.Context cx, int capacity) {
    this.capacity = capacity;
    hooks = new DropHooks(TaskContext.of(cx.locals())).over(cx.discard());
  }

  // ---- to the bridge

  @Override
  public Discard discard() {
    return hooks;
  }

  @Override
  public Subscriber<T> subscriber(RingSubscriber<T> ring) {
    this.ring = ring;
    return this;
  }

  // ---- to the upstream

  private RingSubscriber<T> ring() {
    return requireNonNull(ring);
  }

  @Override
  public Context currentContext() {
    return hooks.context();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    ring().onSubscribe(subscription);
  }

  @Override
  public void onNext(T item) {
    if (ended && item != null) {
      hooks.lateElement(item);
    } else {
      ring().onNext(item);
    }
  }

  @Override
  public void onError(Throwable failure) {
    ended = true;
    ring().onError(failure);
  }

  @Override
  public void onComplete() {
    if (!ended) { // a second one says nothing new
      ended = true;
      ring().onComplete();
    }
  }

  @Override
  @SuppressWarnings("rawtypes") // so it stands in Scannable
  public @Nullable Object scanUnsafe(Attr key) {
    RingSubscriber<T> seen = ring;
    if (key == Attr.PREFETCH || key == Attr.CAPACITY) {
      return capacity;
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    if (seen == null) {
      return null;
    }
    if (key == Attr.PARENT) {
      return seen.subscription();
    }
    if (key == Attr.BUFFERED) {
      return seen.held();
    }
    if (key == Attr.TERMINATED) {
      return seen.isEnded();
    }
    if (key == Attr.CANCELLED) {
      return seen.isCancelled();
    }
    if (key == Attr.ERROR) {
      return seen.endFailure();
    }
    return null;
  }

  @Override
  public String toString() {
    return "FluxSubscriber[" + ring + "]";
  }
}
