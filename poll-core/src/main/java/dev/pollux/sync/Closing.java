package dev.pollux.sync;

import dev.pollux.core.Waker;

/**
 * A channel that tells its senders when nobody receives any more.
 *
 * @threading any thread; a waiter by its owner
 */
interface Closing {

  /** Queues {@code waiter}, or leaves its new waker; false if it is closed already. */
  boolean awaitClose(Waiter waiter, Waker waker);

  /** Waits no more, for good. Never throws. */
  void leaveClose(Waiter waiter);
}
