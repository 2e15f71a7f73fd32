package dev.pollux.streams.reactor;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * A place in the waiting room of a scheduler that limits how many jobs wait. Left when the job
 * begins, or is over; a periodic one keeps it to its end.
 *
 * @threading any thread
 */
final class Place extends AtomicBoolean {

  private static final long serialVersionUID = 1L;

  /** So many jobs may wait. Each that waits is counted in its worker's room, and in everybody's. */
  static final class Room {
    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();

    Room(int most) {
      this.most = most;
    }

    private void enter() {
      int now = waiting.incrementAndGet();
      if (now > most) {
        waiting.decrementAndGet();
        throw Exceptions.failWithRejected(
            "Task capacity of bounded elastic scheduler reached while scheduling 1 tasks ("
                + now
                + "/"
                + most
                + ")");
      }
    }

    private void leave() {
      waiting.decrementAndGet();
    }
  }

  private final transient Room everybody;
  private final transient @Nullable Room own;

  /**
   * Takes a place.
   *
   * @param everybody the room of the scheduler
   * @param own the room of the worker, if it is a worker's job
   * @throws java.util.concurrent.RejectedExecutionException if one of them is full
   */
  Place(Room everybody, @Nullable Room own) {
    this.everybody = everybody;
    this.own = own;
    if (own != null) {
      own.enter();
    }
    try {
      everybody.enter();
    } catch (Throwable full) {
      if (own != null) {
        own.leave();
      }
      throw full;
    }
  }

  /** Gives the place back. Idempotent. */
  void leave() {
    if (compareAndSet(false, true)) {
      everybody.leave();
      if (own != null) {
        own.leave();
      }
    }
  }
}
