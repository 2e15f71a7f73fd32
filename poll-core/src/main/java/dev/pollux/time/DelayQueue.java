package dev.pollux.time;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Elements that come out once their time has come: sessions to expire, requests to send again,
 * entries of a cache.
 *
 * <pre>{@code
 * DelayQueue<Session> idle = new DelayQueue<>(runtime.timer());
 * DelayQueue.Key<Session> key = idle.insert(session, Duration.ofMinutes(30));
 * // whenever something came in:
 * idle.reset(key, Duration.ofMinutes(30));
 * // and in poll:
 * Next<Session> expired = idle.pollNext(cx);
 * }</pre>
 *
 * <p>A delay counts from the call that gives it. An element is never early, and as late as a {@link
 * Sleep}; those of one deadline come in the order in which they were inserted or reset. The whole
 * queue is one sleep on the timer, however many elements it has; insert, remove and reset take
 * O(log n).
 *
 * <p>A queue that is empty waits: more may be inserted. So it has no end but {@link #cancel()}, and
 * whoever means to stop when it is empty looks at {@link #size()} first. The elements may be
 * inserted between two polls by the task that polls it, which is woken if it waits for a later one.
 *
 * <p>Source: {@code DelayQueue} of tokio_util, over a heap in place of a wheel: any deadline, to
 * the nanosecond, and in order.
 *
 * @param <T> the type of the elements, never null
 * @cancellation discards the elements that have not come out
 * @threading confined to the polling task, as every iterator; insert, remove and the like too
 */
public final class DelayQueue<T> implements AsyncIterator<T> {

  /**
   * One element of a queue: what it is removed and reset by. It does not hold the element once that
   * has left the queue.
   *
   * @param <T> the type of the element
   * @threading confined to the queue
   */
  public static final class Key<T> {

    private static final int NOWHERE = -1;

    private final DelayQueue<T> queue;

    /** Null once out of the queue. */
    private @Nullable T value;

    private long deadlineNanos;

    /** Orders the elements of one deadline. */
    private long sequence;

    /** Its place in the heap, or NOWHERE. */
    private int index = NOWHERE;

    private Key(DelayQueue<T> queue, T value) {
      this.queue = queue;
      this.value = value;
    }

    /** When the element comes out, or should have, on the clock of the queue's timer. */
    public long deadlineNanos() {
      return deadlineNanos;
    }

    /** Whether the element is in the queue. */
    public boolean isQueued() {
      return index != NOWHERE;
    }

    private boolean isBefore(Key<T> other) {
      return deadlineNanos != other.deadlineNanos
          ? deadlineNanos < other.deadlineNanos
          : sequence < other.sequence;
    }

    private T takeValue() {
      T taken = requireNonNull(value);
      value = null;
      index = NOWHERE;
      return taken;
    }

    @Override
    public String toString() {
      return "Key[" + (isQueued() ? "due at " + deadlineNanos + " ns" : "not queued") + "]";
    }
  }

  /** The deadline that never comes; no sleep is set to it. */
  private static final long NEVER = Long.MAX_VALUE;

  private final Timer timer;

  /** A binary heap: none is before the one at half its index. The first is at 1. */
  private @Nullable Key<T>[] heap;

  private int size;
  private long nextSequence;

  /** What the clock showed when it was looked at last: what was due by then needs no new look. */
  private long seenNanos;

  private final Sleep sleep = new Sleep(0);

  /** The deadline that the sleep is set to, or NEVER if it is not waiting. */
  private long sleepsUntil = NEVER;

  /** The waker of the last poll, if that is waiting. */
  private @Nullable Waker waiting;

  private @Nullable Discard discard;
  private boolean over;

  /**
   * Makes an empty queue.
   *
   * @param timer the clock of the deadlines: a timer of the runtime whose task will poll the queue,
   *     had by {@code runtime.timer()} or {@code cx.timer()}
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // holds what insert puts in
  public DelayQueue(Timer timer) {
    this.timer = requireNonNull(timer, "timer");
    this.heap = new Key[16];
  }

  // ---- what goes in, and is taken out again

  /**
   * Puts an element in, to come out after {@code delay}.
   *
   * @param value the element
   * @param delay counted from this call; zero or less is due at once, and what is longer than 292
   *     years ({@link Long#MAX_VALUE} nanoseconds) never comes
   * @return what it can be removed or reset by
   * @throws IllegalStateException if the queue is over
   */
  @CanIgnoreReturnValue
  public Key<T> insert(T value, Duration delay) {
    long delayNanos = Time.saturatedNanos(requireNonNull(delay, "delay"));
    return insertAt(value, Interval.saturatedSum(timer.nanoTime(), delayNanos));
  }

  /**
   * Puts an element in, to come out once the timer has come to {@code deadlineNanos}.
   *
   * @param value the element
   * @param deadlineNanos on the clock of the timer that the queue was made with; what has passed is
   *     due at once, and {@link Long#MAX_VALUE} never comes
   * @return what it can be removed or reset by
   * @throws IllegalStateException if the queue is over
   */
  @CanIgnoreReturnValue
  public Key<T> insertAt(T value, long deadlineNanos) {
    requireNonNull(value, "value");
    if (over) {
      throw new IllegalStateException("a DelayQueue that is over takes no more elements");
    }
    Key<T> key = new Key<>(this, value);
    key.deadlineNanos = deadlineNanos;
    key.sequence = nextSequence++;
    if (size + 1 == heap.length) {
      heap = Arrays.copyOf(heap, heap.length * 2);
    }
    size++;
    moveUp(key, size);
    wakeIfFirst(key);
    return key;
  }

  /**
   * Takes an element out before its time.
   *
   * @param key of the element
   * @return the element, or empty if it has left the queue before
   * @throws IllegalArgumentException if {@code key} is of another queue
   */
  @CanIgnoreReturnValue
  public Optional<T> remove(Key<T> key) {
    if (!isQueuedHere(key)) {
      return Optional.empty();
    }
    takeOut(key);
    return Optional.of(key.takeValue());
  }

  /**
   * Gives an element a new delay. Among those of its new deadline it is the last.
   *
   * @param key of the element
   * @param delay as for {@link #insert}
   * @return false if the element has left the queue before, whereupon nothing has changed
   * @throws IllegalArgumentException if {@code key} is of another queue
   */
  @CanIgnoreReturnValue
  public boolean reset(Key<T> key, Duration delay) {
    long delayNanos = Time.saturatedNanos(requireNonNull(delay, "delay"));
    return resetAt(key, Interval.saturatedSum(timer.nanoTime(), delayNanos));
  }

  /**
   * Gives an element a new deadline. Among those of that deadline it is the last.
   *
   * @param key of the element
   * @param deadlineNanos as for {@link #insertAt}
   * @return false if the element has left the queue before, whereupon nothing has changed
   * @throws IllegalArgumentException if {@code key} is of another queue
   */
  @CanIgnoreReturnValue
  public boolean resetAt(Key<T> key, long deadlineNanos) {
    if (!isQueuedHere(key)) {
      return false;
    }
    boolean earlier = deadlineNanos < key.deadlineNanos;
    key.deadlineNanos = deadlineNanos;
    key.sequence = nextSequence++;
    if (earlier) {
      moveUp(key, key.index);
      wakeIfFirst(key);
    } else {
      moveDown(key, key.index);
    }
    return true;
  }

  private boolean isQueuedHere(Key<T> key) {
    if (requireNonNull(key, "key").queue != this) {
      throw new IllegalArgumentException("key must be of this queue, but is of another: " + key);
    }
    return key.isQueued();
  }

  /** The element that comes out next, which stays in the queue; empty if there is none. */
  public Optional<T> peek() {
    return size == 0 ? Optional.empty() : Optional.ofNullable(at(1).value);
  }

  /** How many elements have not come out; 0 once the queue is over. */
  public int size() {
    return size;
  }

  /**
   * Discards all elements, in no particular order. The queue stays usable, and whoever waits for it
   * goes on waiting.
   */
  public void clear() {
    Discard discard = this.discard == null ? Discard.closing() : this.discard;
    @Nullable Key<T>[] cleared = heap;
    int count = size;
    rest();
    for (int i = 1; i <= count; i++) {
      requireNonNull(cleared[i]).index = Key.NOWHERE; // all, before foreign code runs
    }
    for (int i = 1; i <= count; i++) {
      discard.discard(requireNonNull(cleared[i]).takeValue());
    }
  }

  /** Empties the queue without looking at the elements. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // as in the constructor
  private void rest() {
    heap = new Key[16];
    size = 0;
    stopSleeping();
  }

  // ---- what comes out

  /**
   * {@inheritDoc}
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the timer's runtime was shut down; the
   *     elements have been discarded
   */
  @Override
  public Next<T> pollNext(Context cx) {
    if (over) {
      throw new PollAfterEndException("DelayQueue");
    }
    if (discard == null) {
      discard = cx.discard();
    }
    waiting = null;
    try {
      if (!isFirstDue(cx)) {
        waiting = cx.waker();
        return Next.pending();
      }
      if (!cx.tryProceed()) {
        return Next.pending();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    Key<T> due = at(1);
    takeOut(due);
    return Next.item(due.takeValue());
  }

  /** Whether an element is due; if not, the sleep is set to the first, if one will ever be. */
  private boolean isFirstDue(Context cx) {
    long deadline = size == 0 ? NEVER : at(1).deadlineNanos;
    if (deadline == NEVER) {
      stopSleeping();
      return false;
    }
    while (deadline > seenNanos) {
      seenNanos = timer.nanoTime();
      if (deadline <= seenNanos) {
        break;
      }
      if (sleepsUntil != deadline) {
        // A delay, not the deadline: should the queue be polled on a timer of another clock after
        // all, that is right there too.
        sleep.resetNanos(deadline - seenNanos);
        sleepsUntil = deadline;
      }
      if (!sleep.elapsed(cx)) {
        return false;
      }
      sleepsUntil = NEVER; // by the sleep's clock; look at ours again
    }
    return true;
  }

  private void stopSleeping() {
    if (sleepsUntil != NEVER) {
      sleepsUntil = NEVER;
      sleep.cancel();
    }
  }

  /** Wakes whoever waits for a later element than {@code key}, or for any. */
  private void wakeIfFirst(Key<T> key) {
    Waker waker = waiting;
    if (waker == null || key.index != 1) {
      return;
    }
    waiting = null;
    try {
      waker.wake();
    } catch (Throwable violation) {
      Discard discard = this.discard == null ? Discard.closing() : this.discard;
      discard.uncaught(violation, "a waker of " + waker.getClass().getName());
    }
  }

  @Override
  public void cancel() {
    over = true;
    waiting = null;
    clear();
    sleep.cancel();
    discard = null;
  }

  // ---- the heap

  private Key<T> at(int index) {
    return requireNonNull(heap[index]);
  }

  private void place(Key<T> key, int index) {
    heap[index] = key;
    key.index = index;
  }

  /** Puts {@code key} at {@code hole} or nearer to the front; what it passes moves back. */
  private void moveUp(Key<T> key, int hole) {
    int index = hole;
    while (index > 1 && key.isBefore(at(index / 2))) {
      place(at(index / 2), index);
      index /= 2;
    }
    place(key, index);
  }

  /** Puts {@code key} at {@code hole} or nearer to the back; what it passes moves to the front. */
  private void moveDown(Key<T> key, int hole) {
    int index = hole;
    while (2 * index <= size) {
      int child = 2 * index;
      if (child < size && at(child + 1).isBefore(at(child))) {
        child++;
      }
      if (!at(child).isBefore(key)) {
        break;
      }
      place(at(child), index);
      index = child;
    }
    place(key, index);
  }

  /** Takes {@code key} out of the heap, and fills its place with the last. */
  private void takeOut(Key<T> key) {
    Key<T> last = at(size);
    heap[size--] = null;
    if (last == key) {
      return;
    }
    int hole = key.index;
    if (last.isBefore(key)) {
      moveUp(last, hole);
    } else {
      moveDown(last, hole);
    }
  }

  @Override
  public void describe(Description description) {
    description
        .name("DelayQueue")
        .with("size", size)
        .child("sleep", sleepsUntil == NEVER ? null : sleep);
    if (sleepsUntil == NEVER && !over) {
      description.waitsFor("an element");
    }
  }

  @Override
  public String toString() {
    return "DelayQueue[" + size + " waiting]";
  }
}
