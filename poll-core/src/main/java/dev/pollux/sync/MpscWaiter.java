package dev.pollux.sync;

/** One who waits for room in a channel: to put a value there, or to reserve places for some. */
abstract class MpscWaiter<T> extends Waiter {

  /** How many places are asked for. */
  final int wanted;

  /** How many of them are still to come. Guarded by the lock of the channel while queued. */
  int missing;

  /** Whether the grant was that there will be no room any more. Written before the grant. */
  boolean refused;

  MpscWaiter(int wanted) {
    this.wanted = wanted;
    this.missing = wanted;
  }

  /** The places that came while it waited, of those that are not all there. */
  final int gathered() {
    return wanted - missing;
  }

  /**
   * Has all it asked for. Called with the lock held, before the grant.
   *
   * @return whether it has put a value into the channel
   */
  abstract boolean granted(MpscChannel<T> channel);
}
