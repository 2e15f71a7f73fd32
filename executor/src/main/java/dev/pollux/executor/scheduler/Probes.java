package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Task;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few tasks of a runtime that are followed from the moment when they are queued to the moment
 * when they are taken out to be polled, wherever that is.
 *
 * @threading any thread
 */
final class Probes {
  /*
   * Invariants
   *  I1  A task is marked by the thread that is about to queue it, and unmarked by the one that has taken it out. So it is
   *      marked once at a time, and while it is marked it is in exactly one place here.
   *  I2  Who fills a place by the CAS owns its time until it has marked the task; who sees the mark owns it until it has
   *      emptied the place.
   *
   * Ordering
   *  The time is written before the mark is set and read after it was seen; both are read-modify-writes of the task's state.
   *
   * If all places are taken the task is not followed: the samples are fewer then, and no others.
   */
  private static final int PLACES = 8;

  private final AtomicReferenceArray<@Nullable Task<?>> tasks = new AtomicReferenceArray<>(PLACES);
  private final long[] begunNanos = new long[PLACES];

  /**
   * Whether the next task that comes from outside is to be followed. Set and cleared in passing.
   */
  private volatile boolean asked;

  /** Follows {@code task}, which the calling thread is about to queue, if there is a place. */
  void begin(Task<?> task) {
    for (int place = 0; place < PLACES; place++) {
      if (tasks.get(place) == null && tasks.compareAndSet(place, null, task)) {
        begunNanos[place] = System.nanoTime();
        task.mark();
        return;
      }
    }
  }

  /**
   * Ends what {@link #begin} began for a marked task.
   *
   * @return how long it was queued, in nanoseconds
   */
  long end(Task<?> task) {
    task.unmark();
    for (int place = 0; place < PLACES; place++) {
      if (tasks.get(place) == task) {
        long nanos = System.nanoTime() - begunNanos[place];
        tasks.set(place, null);
        return nanos;
      }
    }
    return -1;
  }

  /** Lets go of a task that was not queued after all, if it was followed. */
  void forget(Task<?> task) {
    if (task.isMarked()) {
      long unused = end(task);
    }
  }

  /** Asks for a task that comes from outside to be followed. */
  void ask() {
    if (!asked) {
      asked = true;
    }
  }

  /** Follows {@code task}, which comes from outside, if that was asked for. */
  void beginIfAsked(Task<?> task) {
    if (asked) {
      asked = false;
      begin(task);
    }
  }
}
