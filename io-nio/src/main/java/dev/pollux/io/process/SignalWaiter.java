package dev.pollux.io.process;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A future, or an iterator, that waits for a signal. It listens from its first poll until it is
 * over.
 *
 * @threading confined to the polling task, but for {@link #came()}
 */
abstract class SignalWaiter implements SignalListener {

  private final SignalListeners listeners;
  private final AtomicWaker waker = new AtomicWaker();

  /** How often it has come, and nobody was told. */
  private final AtomicLong arrivals = new AtomicLong();

  private boolean listening;

  SignalWaiter(SignalListeners listeners) {
    this.listeners = listeners;
  }

  final String name() {
    return listeners.name();
  }

  /**
   * Looks whether it has come, outside the budget; else the waker of {@code cx} is left behind.
   *
   * @throws UnsupportedOperationException if the signal can't be heard
   */
  final boolean hasCome(Context cx) {
    waker.register(cx.waker()); // first; then look
    if (!listening) {
      listeners.add(this);
      listening = true;
    }
    return arrivals.get() > 0;
  }

  /** How often it has come since this was asked last. */
  final long takeArrivals() {
    return arrivals.getAndSet(0);
  }

  /** Stops listening, and forgets the waker. Idempotent. */
  final void leave() {
    if (listening) {
      listening = false;
      listeners.remove(this);
    }
    waker.clear();
  }

  @Override
  public final void came() {
    arrivals.incrementAndGet();
    waker.wake();
  }
}
