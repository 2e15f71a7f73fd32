package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Waker;
import dev.pollux.spi.AbstractTimer;
import dev.pollux.spi.TimerEntry;
import java.time.Duration;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A timer whose time stands still until the test moves it.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * PollHarness harness = PollHarness.with(clock);
 * harness.poll(sleepOfOneSecond);
 * clock.advance(Duration.ofSeconds(1));
 * assert harness.woken();
 * }</pre>
 *
 * <p>Entries fire in the order of their deadlines, those of one deadline in the order in which they
 * were armed, and never early: while an entry fires, {@link #nanoTime()} is its deadline.
 *
 * @threading every method may be called from any thread; wakers are woken on the thread that moves
 *     the time, outside the lock
 */
public final class ManualClock extends AbstractTimer {

  /** Where an entry stands in the order of firing. */
  private record Place(long deadlineNanos, long sequence) implements Comparable<Place> {

    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::deadlineNanos).thenComparingLong(Place::sequence);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /** The latest time there is: an entry of {@code Long.MAX_VALUE} never fires. */
  private static final long END_OF_TIME = Long.MAX_VALUE - 1;

  private final Object lock = new Object();

  // Guarded by lock. The two maps hold the same entries.
  private final TreeMap<Place, TimerEntry> queue = new TreeMap<>();
  private final IdentityHashMap<TimerEntry, Place> places = new IdentityHashMap<>();
  private long sequence;
  private long nowNanos;

  /** Makes a clock that stands at zero. */
  public ManualClock() {}

  @Override
  public long nanoTime() {
    synchronized (lock) {
      return nowNanos;
    }
  }

  @Override
  public void arm(TimerEntry entry) {
    requireNonNull(entry, "entry");
    synchronized (lock) {
      if (entry.deadlineNanos() > nowNanos) {
        Place place = new Place(entry.deadlineNanos(), sequence++);
        if (places.putIfAbsent(entry, place) != null) {
          throw new IllegalStateException("an entry was armed twice: " + entry);
        }
        queue.put(place, entry);
        return;
      }
    }
    // The time was moved between the look of the entry at the clock and this call.
    Waker waker = fire(entry);
    if (waker != null) {
      waker.wake();
    }
  }

  @Override
  public void disarm(TimerEntry entry) {
    synchronized (lock) {
      Place place = places.remove(entry);
      if (place != null) {
        queue.remove(place);
      }
    }
  }

  /**
   * Moves the time forward, and fires what has become due. What wakers throw is thrown once all
   * were called.
   *
   * @param duration how far; zero is allowed
   * @throws IllegalArgumentException if {@code duration} is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time can't go back, duration was " + duration);
    }
    long now = nanoTime();
    long step =
        duration.compareTo(Duration.ofNanos(END_OF_TIME)) >= 0 ? END_OF_TIME : duration.toNanos();
    advanceTo(step > END_OF_TIME - now ? END_OF_TIME : now + step);
  }

  /**
   * Moves the time forward to {@code nanoTime}, and fires what has become due. What wakers throw is
   * thrown once all were called.
   *
   * @param nanoTime the new time, in nanoseconds since this clock was made
   * @throws IllegalArgumentException if {@code nanoTime} is in the past
   */
  public void advanceTo(long nanoTime) {
    synchronized (lock) {
      if (nanoTime < nowNanos) {
        throw new IllegalArgumentException(
            "time can't go back from " + nowNanos + " ns to " + nanoTime + " ns");
      }
    }
    long target = Math.min(nanoTime, END_OF_TIME);
    Throwable first = null;
    for (Waker due = fireNext(target); due != null; due = fireNext(target)) {
      try {
        due.wake();
      } catch (RuntimeException | Error failure) {
        if (first == null) {
          first = failure;
        } else if (first != failure) {
          first.addSuppressed(failure);
        }
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /**
   * Moves the time to the next deadline, and fires it.
   *
   * @return false if there is no next deadline, whereupon nothing has moved
   */
  @CanIgnoreReturnValue
  public boolean advanceToNext() {
    OptionalLong next = nextDeadlineNanos();
    if (next.isEmpty()) {
      return false;
    }
    advanceTo(Math.max(next.getAsLong(), nanoTime()));
    return true;
  }

  /** The earliest deadline that will come, if an entry waits for one. */
  public OptionalLong nextDeadlineNanos() {
    synchronized (lock) {
      if (!requeuePostponed() || queue.firstKey().deadlineNanos() > END_OF_TIME) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(queue.firstKey().deadlineNanos());
    }
  }

  /** How many entries wait for their deadline. */
  public int armed() {
    synchronized (lock) {
      return queue.size();
    }
  }

  /**
   * Fires the earliest entry due by {@code target}, at its deadline; without one, moves the time to
   * the target.
   *
   * @return the waker to wake, or null if nothing is due any more
   */
  private @Nullable Waker fireNext(long target) {
    synchronized (lock) {
      while (requeuePostponed() && queue.firstKey().deadlineNanos() <= target) {
        Map.Entry<Place, TimerEntry> first = queue.pollFirstEntry();
        places.remove(first.getValue());
        nowNanos = Math.max(nowNanos, first.getKey().deadlineNanos());
        // Under the lock, which disarm takes too: an entry that was cancelled and armed anew can't
        // fire by its old place.
        Waker waker = fire(first.getValue());
        if (waker != null) {
          return waker;
        }
      }
      nowNanos = Math.max(nowNanos, target);
      return null;
    }
  }

  /**
   * Moves entries from the front whose deadline was postponed, of which a timer is not told.
   *
   * @return whether there is an entry, the first of which is in its place then
   */
  private boolean requeuePostponed() {
    while (!queue.isEmpty()) {
      Map.Entry<Place, TimerEntry> first = queue.firstEntry();
      long deadline = first.getValue().deadlineNanos();
      if (deadline <= first.getKey().deadlineNanos()) {
        return true;
      }
      Place place = new Place(deadline, sequence++);
      queue.remove(first.getKey());
      queue.put(place, first.getValue());
      places.put(first.getValue(), place);
    }
    return false;
  }

  @Override
  public String toString() {
    synchronized (lock) {
      return "ManualClock[" + Duration.ofNanos(nowNanos) + ", " + queue.size() + " armed]";
    }
  }
}
