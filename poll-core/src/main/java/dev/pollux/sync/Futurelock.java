package dev.pollux.sync;

import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.Waker;
import dev.pollux.spi.PolledTask;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds waiters that were granted what others wait for, and that their task does not poll. With the
 * system property {@code pollux.debug} such a one is reported to {@link
 * UncaughtFailureHandler#processDefault()} as a {@link FuturelockException}, once. Without the
 * property nothing here is ever called, and the compiler leaves the calls out.
 *
 * @threading any thread
 */
final class Futurelock {
  /*
   * What is proven. The entry of a waiter is made after the call of its waker has returned, so from then on a poll is under
   * way or owed, or a poll has followed. A task that is idle later has had that poll, to its end. A waiter that is still
   * granted then was not polled in it, for a poll takes what was granted: one that lacks the budget for that wakes its
   * task, and idle would not be true. A task that is never seen idle has had such a poll once two have begun since the entry
   * was made: the first of them is over.
   *
   * The state of the task is looked at before that of the waiter. In the other order the task might take the grant between
   * the two looks, and go on to wait for something else.
   *
   * So a task that is slow, or starved, is not reported: it is not idle. Two things may deceive: a future that was polled in
   * one task, then handed to another which has not polled it yet; and a waker of a set whose caller stands still for as
   * long as PATIENCE between its two steps.
   *
   * Nothing here keeps a waiter, a queue or a task alive: else a waker that nobody has any more would never be found.
   */

  /** Whether anything is watched. */
  static final boolean WATCHED = Boolean.getBoolean("pollux.debug");

  /** A waiter may be left alone for so long, and a report is not much later. */
  private static final long PATIENCE_NANOS = 100_000_000;

  private static final long LOOK_MILLIS = 25;

  /** How many of those who wait are named. */
  private static final int NAMED = 8;

  /** Guarded by itself. */
  private static final Set<Entry> ENTRIES = new LinkedHashSet<>();

  private static boolean started; // guarded by ENTRIES

  private Futurelock() {}

  /** What is put in the place of {@code waker} in a waiter that is being polled. */
  static Waker watched(Waker waker) {
    return new WatchedWaker(waker, Holder.ofCaller());
  }

  /** A waker, and who polls with it. */
  static final class WatchedWaker implements Waker {

    private final Waker waker;
    private final Object polledBy;

    /** What was granted, and where; set by a grant. */
    private @Nullable Waiter waiter;

    private @Nullable WaiterQueue queue;

    private WatchedWaker(Waker waker, Object polledBy) {
      this.waker = waker;
      this.polledBy = polledBy;
    }

    Waker waker() {
      return waker;
    }

    Object polledBy() {
      return polledBy;
    }

    /** Was taken out of {@code waiter} for a grant by {@code queue}. */
    void setGrant(Waiter waiter, WaiterQueue queue) {
      this.waiter = waiter;
      this.queue = queue;
    }

    @Override
    public void wake() {
      waker.wake();
      Waiter waiter = this.waiter;
      WaiterQueue queue = this.queue;
      this.waiter = null;
      this.queue = null;
      // From here on its task owes it a poll.
      if (waiter != null
          && queue != null
          && polledBy instanceof PolledTask task
          && waiter.isGranted()) {
        watch(new Entry(waiter, queue, task));
      }
    }
  }

  private static void watch(Entry entry) {
    synchronized (ENTRIES) {
      ENTRIES.add(entry);
      if (!started) {
        started = true;
        Thread thread = new Thread(Futurelock::look, "pollux-futurelocks");
        thread.setDaemon(true);
        thread.start();
      } else if (ENTRIES.size() == 1) {
        ENTRIES.notifyAll();
      }
    }
  }

  private static void look() {
    while (true) {
      try {
        List<Entry> entries;
        synchronized (ENTRIES) {
          while (ENTRIES.isEmpty()) {
            ENTRIES.wait();
          }
          entries = new ArrayList<>(ENTRIES);
        }
        List<Entry> settled = new ArrayList<>();
        for (Entry entry : entries) {
          if (entry.isSettled()) {
            settled.add(entry);
          }
        }
        synchronized (ENTRIES) {
          settled.forEach(ENTRIES::remove);
        }
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException ignored) {
        // nobody has a reason to interrupt this thread; it ends with the process
      }
    }
  }

  /** A grant that was not taken when its task had been woken. */
  private static final class Entry {

    private final WeakReference<Waiter> waiter;
    private final WeakReference<WaiterQueue> queue;
    private final WeakReference<PolledTask> task;
    private final long pollsBefore;
    private final long sinceNanos = System.nanoTime();

    Entry(Waiter waiter, WaiterQueue queue, PolledTask task) {
      this.waiter = new WeakReference<>(waiter);
      this.queue = new WeakReference<>(queue);
      this.task = new WeakReference<>(task);
      this.pollsBefore = task.polls();
    }

    /** Whether there is nothing more to be seen; reports what has to be. */
    boolean isSettled() {
      PolledTask task = this.task.get();
      WaiterQueue queue = this.queue.get();
      boolean neglects = task != null && hasBeenPolledSince(task); // before the look at the waiter
      Waiter waiter = this.waiter.get();
      if (task == null || queue == null || waiter == null || !waiter.isGranted()) {
        return true;
      }
      long forNanos = System.nanoTime() - sinceNanos;
      if (forNanos < PATIENCE_NANOS || !neglects) {
        return false;
      }
      List<Object> waiting = queue.waiting(NAMED);
      if (waiting.isEmpty()) {
        return false; // it harms nobody so far
      }
      report(new FuturelockException(waiter.resource(), forNanos / 1_000_000, task, waiting));
      return true;
    }

    private boolean hasBeenPolledSince(PolledTask task) {
      return task.isIdle() || task.polls() - pollsBefore >= 2;
    }
  }

  private static void report(FuturelockException report) {
    String origin = "a future that was given what others wait for";
    try {
      UncaughtFailureHandler.processDefault().uncaught(report, origin);
    } catch (Throwable second) {
      UncaughtFailureHandler.logging().uncaught(report, origin);
      UncaughtFailureHandler.logging().uncaught(second, "the uncaught-failure handler itself");
    }
  }
}
