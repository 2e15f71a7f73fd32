package dev.pollux.streams.bridge;

import dev.pollux.spi.TaskLocals;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A publisher to which a library can subscribe in its own way.
 *
 * @param <T> the type of the elements
 * @threading any thread
 */
public interface Outlet<T> extends Publisher<T> {

  @Override
  default void subscribe(Subscriber<? super T> subscriber) {
    subscribe(subscriber, null, Outgoing.PLAIN);
  }

  /**
   * Subscribes in a library's way.
   *
   * @param subscriber gets the elements
   * @param locals what holds in the polls of the source; null if nothing does
   * @param outgoing the library's way; for this subscription only
   */
  void subscribe(Subscriber<? super T> subscriber, @Nullable TaskLocals locals, Outgoing outgoing);
}
