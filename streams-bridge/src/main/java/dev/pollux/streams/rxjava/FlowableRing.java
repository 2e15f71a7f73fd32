package dev.pollux.streams.rxjava;

import dev.pollux.core.Context;
import dev.pollux.streams.bridge.RingSubscriber;
import io.reactivex.rxjava3.core.FlowableSubscriber;

/**
 * The subscriber behind an iterator, as RxJava likes to see it: it keeps the rules by itself, so
 * that RxJava puts no guard around it.
 *
 * @threading belongs to the upstream, one call at a time
 */
final class FlowableRing<T> extends RingSubscriber<T> implements FlowableSubscriber<T> {

  private FlowableRing(int capacity, int refillAt, Undeliverable undeliverable) {
    super(capacity, refillAt, undeliverable);
  }

  /** One for the task of the first poll. */
  static <T> FlowableRing<T> of(int capacity, int refillAt, Context cx) {
    return new FlowableRing<>(capacity, refillAt, new Undeliverable(cx.discard()));
  }
}
