package dev.pollux.streams.bridge;

import dev.pollux.core.Discard;
import org.reactivestreams.Subscription;

/**
 * What a library wants otherwise of one subscription than plain Reactive Streams do.
 *
 * @threading {@link #handle} is called by the thread in {@code subscribe}, {@link #discard} and
 *     what it returns by the task, or by who drops the task
 */
public interface Outgoing {

  /** The plain way. */
  Outgoing PLAIN = new Outgoing() {};

  /**
   * What the subscriber is given by {@code onSubscribe}.
   *
   * @param subscription what it can see of the subscription; may be stale
   * @param demand where its requests and its cancel must go
   */
  default Subscription handle(IteratorSubscription<?> subscription, Demand demand) {
    return demand;
  }

  /**
   * Where elements go that are dropped, and failures that the subscriber won't hear.
   *
   * @param outer where they went by themselves; that of the task, once it has one
   */
  default Discard discard(Discard outer) {
    return outer;
  }
}
