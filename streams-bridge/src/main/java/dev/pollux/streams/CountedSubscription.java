package dev.pollux.streams;

import org.reactivestreams.Subscription;

/**
 * A subscription that says how far its source has been pulled, and how much of that was emitted.
 *
 * <p>What a publisher of {@link Streams} hands to {@code onSubscribe} is one of these. So it can be
 * seen, and is tested, that nothing is buffered behind the subscriber's back: {@link #ahead()} is
 * never more than 1, and 0 in {@link DemandMode#EXACT}.
 *
 * @threading everything may be called from any thread
 */
public interface CountedSubscription extends Subscription {

  /** How many elements the source has given so far. Never falls. */
  long pulled();

  /**
   * How many elements were emitted so far: {@code onNext} was called with them, or is about to be.
   * Never falls.
   */
  long emitted();

  /**
   * How many elements are held: pulled and not emitted. It is 0 once the subscription is over or
   * cancelled: what was held then is discarded.
   */
  long ahead();
}
