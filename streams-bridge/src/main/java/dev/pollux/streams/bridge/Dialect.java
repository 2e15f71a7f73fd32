package dev.pollux.streams.bridge;

import dev.pollux.core.Discard;
import dev.pollux.spi.TaskLocals;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * What one kind of subscriber wants otherwise than plain Reactive Streams does. One per
 * subscription, if it knows its subscriber. No method may throw.
 *
 * @threading {@link #handle} and {@link #locals} are called in {@code subscribe}, {@link #discard}
 *     there or in the first poll
 */
public interface Dialect {

  /** Reactive Streams as the specification has it. */
  Dialect PLAIN = new Dialect() {};

  /**
   * What is handed to {@code onSubscribe}: it passes requests and cancellation on to {@code
   * demand}, which also says how the subscription stands.
   *
   * @param demand the subscription proper
   * @param subscription its task, for those who look at it: what they see may be stale
   */
  default Subscription handle(Demand demand, IteratorSubscription<?> subscription) {
    return demand;
  }

  /**
   * Where dropped elements, and failures that the subscriber won't hear, go.
   *
   * @param outer where they would go otherwise
   */
  default Discard discard(Discard outer) {
    return outer;
  }

  /**
   * Task locals that hold in the polls of the source beside those of the spawner; null for none.
   */
  default @Nullable TaskLocals locals() {
    return null;
  }
}
