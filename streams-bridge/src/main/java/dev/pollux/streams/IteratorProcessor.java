package dev.pollux.streams;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.bridge.Dialect;
import dev.pollux.streams.bridge.IteratorSubscription;
import dev.pollux.streams.bridge.OneShotPublisher;
import dev.pollux.streams.bridge.PublisherIterator;
import dev.pollux.streams.bridge.RingSubscriber;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Processor;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A ring in front, the operators in the middle, one subscription at the back: what comes in is
 * pulled through by the task of the subscription. The upstream may arrive before the subscriber or
 * after it; nothing is requested of it before the task's first poll of the ring.
 *
 * @threading the {@link Subscriber} methods belong to the upstream; {@link #subscribe} is for any
 *     thread
 */
final class IteratorProcessor<T, R> implements Processor<T, R>, Dialect, Discard {

  private final RingSubscriber<T> ring;

  /** The operators over the ring, until the first subscriber takes them. */
  private final AtomicReference<@Nullable AsyncIterator<R>> source;

  private final Spawner spawner;
  private final DemandMode mode;

  /** That of the task, from its first poll on. */
  private volatile Discard discard = Discard.closing();

  IteratorProcessor(
      Function<? super AsyncIterator<T>, ? extends AsyncIterator<R>> operators,
      int capacity,
      Spawner spawner,
      DemandMode mode) {
    requireNonNull(operators, "operators");
    this.spawner = requireNonNull(spawner, "spawner");
    this.mode = requireNonNull(mode, "mode");
    int refillAt = PublisherIterator.refillAt(capacity);
    this.ring = new RingSubscriber<>(capacity, refillAt, this);
    AsyncIterator<T> inlet = Unpolled.made(new PublisherIterator<>(ring, capacity, refillAt));
    AsyncIterator<R> operated = operators.apply(inlet);
    this.source = new AtomicReference<>(requireNonNull(operated, "the operators' iterator"));
    Unpolled.used(operated);
  }

  @Override
  public void subscribe(Subscriber<? super R> subscriber) {
    requireNonNull(subscriber, "subscriber"); // 1.9, 1.11
    AsyncIterator<R> first = source.getAndSet(null);
    if (first == null) {
      OneShotPublisher.refuse(
          subscriber,
          new IllegalStateException(
              "this processor has one subscriber already: share its iterator for more"));
    } else {
      IteratorSubscription.of(subscriber, first, mode, this).start(spawner);
    }
  }

  // ---- the upstream's side

  @Override
  public void onSubscribe(Subscription subscription) {
    ring.onSubscribe(subscription);
  }

  @Override
  public void onNext(T item) {
    ring.onNext(item);
  }

  @Override
  public void onError(Throwable failure) {
    ring.onError(failure);
  }

  @Override
  public void onComplete() {
    ring.onComplete();
  }

  // ---- where the ring drops things: as the task does, once there is one

  @Override
  public Discard discard(Discard outer) {
    discard = outer;
    return outer;
  }

  @Override
  public void discard(@Nullable Object value) {
    discard.discard(value);
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    discard.uncaught(failure, origin);
  }

  @Override
  public String toString() {
    return "Processor["
        + (source.get() == null ? "taken" : "open")
        + ", "
        + mode
        + ", "
        + ring
        + "]";
  }
}
