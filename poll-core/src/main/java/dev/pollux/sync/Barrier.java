package dev.pollux.sync;

import dev.pollux.core.Future;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;

/**
 * Lets tasks wait for one another: each that comes waits until as many have come as the barrier is
 * for, and then all go on. One of them, the last to come, is told that it leads. Then it begins
 * anew.
 *
 * <pre>{@code
 * Barrier barrier = new Barrier(workers);
 * // each worker, after each round:
 * Future<Void> next = barrier.await().map(leads -> leads ? merge() : null);
 * }</pre>
 *
 * <p>A task comes with the first poll, and one that is cancelled before the others have come has
 * not: its place is given back, and another may take it.
 *
 * <p>Source: {@code Barrier} of Tokio, where whoever is cancelled still counts.
 *
 * @threading every method may be called from any thread. What each has done before it came is seen
 *     by all who go on
 */
public final class Barrier {
  /*
   * Those who have come are in the queue, guarded by its monitor; there are fewer than `parties` of them. Whoever makes up
   * the number does not join them, and grants all in the same step.
   */
  private final int parties;

  private final WaiterQueue waiters = new WaiterQueue();

  /**
   * Makes a barrier to which nobody has come.
   *
   * @param parties how many wait for one another, at least 1; with 1 nobody waits
   * @throws IllegalArgumentException if {@code parties} is less than 1
   */
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("parties must be at least 1, was " + parties);
    }
    this.parties = parties;
  }

  /**
   * Completes once as many have come as the barrier is for, this one included, which comes with the
   * first poll. Answers whether this one came last and so leads.
   *
   * @cancellation gives its place back, if the others have not come; else they have gone on, and
   *     nothing is lost
   */
  public Future<Boolean> await() {
    return Unpolled.made(new BarrierAwait(this));
  }

  /**
   * Comes, and waits for the others on a thread that may block.
   *
   * @return whether this one came last and so leads
   * @throws InterruptedException if the thread is interrupted, before or while it waits; it has not
   *     come then, unless the last of the others came at the same time
   * @throws IllegalStateException on a thread that runs tasks
   */
  public boolean blockingAwait() throws InterruptedException {
    BlockingCall.checkMayBlock("Barrier.blockingAwait", "Barrier.await");
    BlockingCall.checkInterrupt();
    return BlockingCall.await(await());
  }

  /** How many wait for one another. */
  public int parties() {
    return parties;
  }

  /** How many have come and wait for the others; out of date at once. */
  public int waiting() {
    synchronized (waiters) {
      return waiters.size();
    }
  }

  /** The same for a description, which takes no lock: a number that may never have been. */
  int waitingAsFarAsSeen() {
    return waiters.size();
  }

  /** What became of one who came. */
  enum Arrival {
    LEADS,
    FOLLOWS,
    WAITS
  }

  Arrival arrive(Waiter waiter, Waker waker) {
    if (waiter.isGranted()) {
      return Arrival.FOLLOWS;
    }
    if (waiter.isWaitingWith(waker)) {
      return Arrival.WAITS;
    }
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      if (waiter.isGranted()) {
        return Arrival.FOLLOWS;
      }
      if (waiter.isQueued() || waiters.size() < parties - 1) {
        if (!waiter.isQueued()) {
          waiters.add(waiter);
        }
        waiter.setWaker(waker);
        return Arrival.WAITS;
      }
      waiters.grantAll(granted);
    }
    granted.wakeAll();
    return Arrival.LEADS;
  }

  /** Takes one out that gives up, if it can be missed. */
  void withdraw(Waiter waiter) {
    if (waiter.isQueued()) {
      synchronized (waiters) {
        if (waiter.isQueued()) {
          waiters.remove(waiter);
        }
      }
    }
    waiter.end();
  }

  @Override
  public String toString() {
    return "Barrier[" + waiting() + " of " + parties + " waiting]";
  }
}
