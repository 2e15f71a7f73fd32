package dev.pollux.core;

/**
 * Cancels children. What one throws, which its contract forbids, is reported, so that the others
 * are reached.
 */
final class Cancellation {

  private Cancellation() {}

  static void iterator(AsyncIterator<?> child, Discard discard) {
    try {
      child.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + child.getClass().getName());
    }
  }

  static void future(Future<?> child, Discard discard) {
    try {
      child.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + child.getClass().getName());
    }
  }
}
