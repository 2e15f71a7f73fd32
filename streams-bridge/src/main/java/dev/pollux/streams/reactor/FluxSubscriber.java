package dev.pollux.streams.reactor;

import dev.pollux.streams.bridge.RingSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
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
final class FluxSubscriber<T> extends RingSubscriber<T> implements CoreSubscriber<T>, Scannable {

  private final DropHooks hooks;

  /** The upstream has ended; its own. */
  private boolean ended;

  private FluxSubscriber(int capacity, int refillAt, DropHooks hooks) {
    super(capacity, refillAt, hooks);
    this.hooks = hooks;
  }

  /** One in the context of the first poll. */
  static <T> FluxSubscriber<T> of(int capacity, int refillAt, dev.pollux.core.Context cx) {
    DropHooks hooks = new DropHooks(TaskContext.of(cx.locals())).over(cx.discard());
    return new FluxSubscriber<>(capacity, refillAt, hooks);
  }

  @Override
  public Context currentContext() {
    return hooks.context();
  }

  @Override
  public void onNext(T item) {
    if (ended && item != null) {
      hooks.lateElement(item);
    } else {
      super.onNext(item);
    }
  }

  @Override
  public void onError(Throwable failure) {
    ended = true;
    super.onError(failure);
  }

  @Override
  public void onComplete() {
    if (!ended) { // a second one says nothing new
      ended = true;
      super.onComplete();
    }
  }

  @Override
  @SuppressWarnings("rawtypes") // so it stands in Scannable
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.PREFETCH || key == Attr.CAPACITY) {
      return capacity();
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    if (key == Attr.PARENT) {
      return subscription();
    }
    if (key == Attr.BUFFERED) {
      return held();
    }
    if (key == Attr.TERMINATED) {
      return isEnded();
    }
    if (key == Attr.CANCELLED) {
      return isCancelled();
    }
    if (key == Attr.ERROR) {
      return endFailure();
    }
    return null;
  }
}
