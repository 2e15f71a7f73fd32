package dev.pollux.streams.bridge;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A publisher to which a library can subscribe in its own dialect.
 *
 * @param <T> the type of the elements
 * @threading any thread
 */
public interface Outlet<T> extends Publisher<T> {

  @Override
  default void subscribe(Subscriber<? super T> subscriber) {
    subscribe(subscriber, Dialect.PLAIN);
  }

  /**
   * Subscribes.
   *
   * @param subscriber gets the elements
   * @param dialect what it wants otherwise; for this subscription only
   */
  void subscribe(Subscriber<? super T> subscriber, Dialect dialect);
}
