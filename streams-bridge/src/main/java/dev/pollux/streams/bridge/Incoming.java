package dev.pollux.streams.bridge;

import dev.pollux.core.Discard;
import org.reactivestreams.Subscriber;

/**
 * What a library wants otherwise of the subscriber behind one iterator than plain Reactive Streams
 * do. Made at the first poll, by whoever polls.
 *
 * @param <T> the type of the elements
 * @threading the methods are called once, by the first poll; the discard by any thread
 */
public interface Incoming<T> {

  /** Where elements go that are dropped, and failures that the consumer won't hear. */
  Discard discard();

  /**
   * Who is subscribed, and hands all signals on.
   *
   * @param ring takes the signals
   */
  Subscriber<T> subscriber(RingSubscriber<T> ring);
}
