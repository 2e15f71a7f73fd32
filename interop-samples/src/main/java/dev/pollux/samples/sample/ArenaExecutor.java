package dev.pollux.samples.sample;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An executor on one thread with a fixed number of places for tasks, as embassy has for firmware:
 * all that it needs is there from the start. It allocates nothing afterwards, and refuses what it
 * has no place for.
 *
 * <p>A place is its own waker, and its own link in the lists that it is in. A waker that was kept
 * for longer than its task lived wakes the next task of the place, which is polled once too often:
 * that is harmless.
 *
 * @threading {@link #spawn} and {@link #run} belong to the thread that made it; wakers are for all
 */
final class ArenaExecutor {

  private final Poller poller = new Poller(new Services() {}, 1, false);
  private final Thread thread = Thread.currentThread();

  /** Those to be polled, the one that was woken last first. */
  private final AtomicReference<@Nullable Place> woken = new AtomicReference<>();

  /** Those to be polled in this round, the one that was woken first first. */
  private @Nullable Place inTurn;

  /** The places without a task. */
  private @Nullable Place free;

  private int live;

  /** An executor for so many tasks at once. */
  ArenaExecutor(int places) {
    for (int n = 0; n < places; n++) {
      release(new Place());
    }
  }

  /**
   * Adds a task, if there is a place for it. Nothing of it happens before {@link #run}.
   *
   * @return whether there was; if not, {@code future} was not touched
   */
  boolean spawn(Future<?> future) {
    Place place = free;
    if (place == null) {
      return false;
    }
    free = place.nextFree;
    place.future = future;
    live++;
    place.wake();
    return true;
  }

  /**
   * Polls whoever asks for it until no task is left, and returns how many polls that took. If a
   * future fails, its task is over, and what it throws is thrown.
   */
  int run() throws Exception {
    int polls = 0;
    while (live > 0) {
      Place place = nextToPoll();
      if (place == null) {
        LockSupport.park(this);
      } else if (place.future != null) { // else it was woken by the waker of a task that is over
        polls++;
        poll(place, place.future);
      }
    }
    return polls;
  }

  private void poll(Place place, Future<?> future) throws Exception {
    boolean isOver = true;
    try {
      isOver = poller.poll(future, place).isReady();
    } finally {
      if (isOver) {
        live--;
        place.future = null;
        release(place);
      }
    }
    if (!isOver && poller.wokeItself()) {
      place.wake();
    }
  }

  private void release(Place place) {
    place.nextFree = free;
    free = place;
  }

  /** Takes out the one that was woken first of those that wait for a poll; null if none does. */
  private @Nullable Place nextToPoll() {
    if (inTurn == null) {
      Place last = woken.getAndSet(null);
      while (last != null) { // turns the list round
        Place before = last.nextWoken;
        last.nextWoken = inTurn;
        inTurn = last;
        last = before;
      }
    }
    Place place = inTurn;
    if (place != null) {
      inTurn = place.nextWoken;
      // Before the poll: a wake during the poll must link it again. It is read as well as written,
      // so that the poll sees what was done before a wake that found it linked.
      boolean unused = place.isWoken.getAndSet(false);
    }
    return place;
  }

  /** A place for a task, and the waker of that task. */
  private final class Place implements Waker {

    private final AtomicBoolean isWoken = new AtomicBoolean();
    private @Nullable Future<?> future;
    private @Nullable Place nextFree;
    private @Nullable Place nextWoken;

    @Override
    public void wake() {
      if (isWoken.getAndSet(true)) {
        return; // two wakes before a poll make one poll
      }
      do {
        nextWoken = woken.get();
      } while (!woken.compareAndSet(nextWoken, this));
      LockSupport.unpark(thread);
    }
  }
}
