package dev.pollux.streams.rxjava;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.streams.bridge.Incoming;
import dev.pollux.streams.bridge.RingSubscriber;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The subscriber behind an iterator, as RxJava likes to see it: it keeps the rules by itself, so
 * that RxJava puts no guard around it.
 *
 * @threading belongs to the upstream, one call at a time
 */
final class FlowableRing<T> implements Incoming<T>, FlowableSubscriber<T> {

  private final Undeliverable undeliverable;

  /** Null until it is subscribed. */
  private @Nullable RingSubscriber<T> ring;

  FlowableRing(Context cx) {
    undeliverable = new Undeliverable(cx.discard());
  }

  @Override
  public Discard discard() {
    return undeliverable;
  }

  @Override
  public Subscriber<T> subscriber(RingSubscriber<T> ring) {
    this.ring = ring;
    return this;
  }

  private RingSubscriber<T> ring() {
    return requireNonNull(ring);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    ring().onSubscribe(subscription);
  }

  @Override
  public void onNext(T item) {
    ring().onNext(item);
  }

  @Override
  public void onError(Throwable failure) {
    ring().onError(failure);
  }

  @Override
  public void onComplete() {
    ring().onComplete();
  }

  @Override
  public String toString() {
    return "FlowableRing[" + ring + "]";
  }
}
