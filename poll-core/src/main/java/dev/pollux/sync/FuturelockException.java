package dev.pollux.sync;

import java.util.List;

/**
 * Reported in debug mode ({@code -Dpollux.debug=true}) for a task that was given what others wait
 * for, a lock, a permit or a value, by way of a future that it does not poll. Until it polls or
 * cancels that future the others wait; if it waits for them itself, that is for ever:
 *
 * <pre>{@code
 * Future<Guard> first = mutex.lock();
 * Futures.select(List.of(first, sleep));  // the sleep wins; first is kept, and has its place in the queue
 * mutex.lock();                           // waits behind first, which nobody polls
 * }</pre>
 *
 * <p>Cancel the future that is not polled, or spawn it as a task of its own.
 *
 * <p>Source: "futurelock", RFD 609 of Oxide.
 */
public final class FuturelockException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  FuturelockException(String resource, long forMillis, Object holder, List<Object> waiting) {
    super(
        Holder.describe(holder)
            + " was given "
            + resource
            + " "
            + forMillis
            + " ms ago and does not poll the future that asked for it; behind it wait: "
            + Holder.describeAll(waiting));
  }
}
