package dev.pollux.sync;

import dev.pollux.core.Waker;
import dev.pollux.sync.WaiterQueue.Granted;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last values of a {@link Broadcast}, and those who wait for the next.
 *
 * @threading every method may be called by any thread, but where it takes a waiter: by its owner
 */
final class BroadcastRing<T> implements Closing {
  /*
   * Value number n is in slot n modulo `length`; numbers start at 0. `tail` is the number of the next value.
   *
   * Invariants
   *  I1  Only a sender that holds the lock writes slots and `tail`, a slot first. (The last receiver to leave clears the
   *      slots, when nobody reads.)
   *  I2  A value may be read while tail - n <= capacity. Older ones are missed, even where they are still there, so how
   *      much a receiver misses depends on what was sent and nothing else.
   *  I3  length = capacity + 1. So the slot of value n is written again, for value n + length, when `tail` is n + length:
   *      when n may no longer be read.
   *  I4  When no sender is in the lock, the slot that is written next is null: `capacity` values are held, no more.
   *
   * A read takes no lock: it reads the slot, and then looks at `tail` again. If n may be read still, then by I3 nobody had
   * begun to overwrite it; else what was read is thrown away. Without the second look a receiver that was stopped between
   * the first and the slot would get another value than its turn's.
   *
   * Ordering: the slot is written by a release and read by an acquire. A read that sees the write of n + length in it sees
   * therefore, in its second look, the `tail` that was set before that write. And `tail` is set by a release after its
   * slot, so who sees n < tail sees value n, a later one, or null in the slot. The null of I4 is written by a release after
   * the `tail` that makes n unreadable: who reads it sees that `tail` in the second look.
   *
   * Waiting. A receiver waits under the lock, after it has looked at `tail` there, so no value comes in between; a sender
   * grants all waiters in the section that sets `tail`. A grant means: look again.
   *
   * Progress: a send waits for other sends, and for receivers that begin to wait or stop; a receiver that is not at its end
   * waits for nobody. One that is overrun while it reads is told how much it misses.
   */
  private static final VarHandle TAIL =
      ConstantBootstraps.fieldVarHandle(
          MethodHandles.lookup(), "tail", VarHandle.class, BroadcastRing.class, long.class);
  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);

  private final int capacity;

  /** Elements by {@link #SLOTS}. */
  private final @Nullable Object[] slots;

  /** By {@link #TAIL}. */
  @SuppressWarnings("unused")
  private long tail;

  // Guarded by this, which is not handed out; `ended` is written so.
  private int tailIndex;
  private final WaiterQueue waiters = new WaiterQueue();
  private final WaiterQueue closeWaiters = new WaiterQueue();
  private int senders = 1;
  private int receivers;

  /** Set after the last value; never cleared. */
  private volatile boolean ended;

  BroadcastRing(int capacity) {
    this.capacity = capacity;
    this.slots = new Object[capacity + 1];
  }

  int capacity() {
    return capacity;
  }

  /** The number of the next value that will be sent. */
  long tail() {
    return (long) TAIL.getAcquire(this);
  }

  // ---- sending

  /** What {@link #send} answers after the end. */
  static final int ENDED = -1;

  /** Gives {@code value} to all receivers; returns how many there are, or {@link #ENDED}. */
  int send(T value) {
    Granted granted = null;
    int reached;
    synchronized (this) {
      if (ended) {
        return ENDED;
      }
      reached = receivers;
      if (reached == 0) {
        return 0;
      }
      SLOTS.setRelease(slots, tailIndex, value);
      tailIndex = indexAfter(tailIndex);
      TAIL.setRelease(this, tail + 1);
      SLOTS.setRelease(slots, tailIndex, null); // the one that may no longer be read now
      if (!waiters.isEmpty()) {
        granted = new Granted();
        waiters.grantAll(granted);
      }
    }
    if (granted != null) {
      granted.wakeAll();
    }
    return reached;
  }

  /** One more; false if there is none left, and so an end that can't be taken back. */
  synchronized boolean addSender() {
    if (ended) {
      return false;
    }
    senders++;
    return true;
  }

  /** A sender is closed; the last one ends the broadcast. */
  void removeSender() {
    Granted granted = new Granted();
    synchronized (this) {
      senders--;
      if (senders == 0) {
        ended = true;
        waiters.grantAll(granted);
      }
    }
    granted.wakeAll();
  }

  // ---- receiving

  int indexAfter(int index) {
    return index == capacity ? 0 : index + 1;
  }

  int indexOf(long number) {
    return (int) (number % (capacity + 1));
  }

  /** The number of the oldest value that may be read. */
  long oldest() {
    return Math.max(0, tail() - capacity);
  }

  boolean isThere(long number) {
    return number < tail();
  }

  /**
   * Reads a value that {@link #isThere}.
   *
   * @param index of {@code number}
   * @return the value, or null if it is missed
   */
  @Nullable T read(long number, int index) {
    @SuppressWarnings("unchecked") // what send has put in
    T value = (T) SLOTS.getAcquire(slots, index);
    return tail() - number <= capacity ? value : null;
  }

  /** Whether value {@code number} will never come. */
  boolean isEndedAt(long number) {
    return ended && number == tail(); // in this order: the last value comes before the end
  }

  /**
   * Waits for value {@code number}.
   *
   * @return false if that is there, or will never come
   */
  synchronized boolean await(Waiter waiter, Waker waker, long number) {
    if (ended || number < tail) {
      return false;
    }
    waiter.setWaker(waker);
    if (!waiter.isQueued()) {
      waiter.setPhase(Waiter.NEW);
      waiters.add(waiter);
    }
    return true;
  }

  /** Waits no more, for good. */
  synchronized void leave(Waiter waiter) {
    if (waiter.isQueued()) {
      waiters.remove(waiter);
    } else {
      waiter.end();
    }
  }

  /**
   * One more receiver.
   *
   * @return the number of the next value, the first that it gets
   */
  synchronized long addReceiver() {
    receivers++;
    return tail;
  }

  /** A receiver is gone; without any, no value is held. */
  void removeReceiver() {
    Granted granted = new Granted();
    synchronized (this) {
      receivers--;
      if (receivers == 0) {
        Arrays.fill(slots, null);
        closeWaiters.grantAll(granted);
      }
    }
    granted.wakeAll();
  }

  @Override
  public synchronized boolean awaitClose(Waiter waiter, Waker waker) {
    if (receivers == 0) {
      return false;
    }
    waiter.setWaker(waker);
    if (!waiter.isQueued()) {
      closeWaiters.add(waiter);
    }
    return true;
  }

  @Override
  public synchronized void leaveClose(Waiter waiter) {
    if (waiter.isQueued()) {
      closeWaiters.remove(waiter);
    } else {
      waiter.end();
    }
  }

  /** Whether no more will be sent. */
  boolean isEnded() {
    return ended;
  }

  synchronized int receivers() {
    return receivers;
  }

  /** For a dump: without the lock, so it may be a mixture of two moments. */
  @Override
  public String toString() {
    return "Broadcast[the last "
        + capacity
        + " of "
        + tail()
        + " values, "
        + receivers
        + " receivers, "
        + waiters.size()
        + " waiting"
        + (ended ? ", all senders closed" : "")
        + "]";
  }
}
