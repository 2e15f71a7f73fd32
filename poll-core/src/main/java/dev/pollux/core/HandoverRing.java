package dev.pollux.core;

import static java.lang.invoke.MethodHandles.arrayElementVarHandle;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Elements on their way from one task to another: a ring of bounded size that one side fills and
 * the other empties, several elements at a time.
 *
 * @threading the methods of the producer belong to its task, those of the consumer to the other;
 *     both may change threads between polls
 */
final class HandoverRing<T> {
  /*
   * Invariants
   *  I1  head <= consumed <= tail <= filled, and filled - head <= capacity. `filled` is the producer's, `consumed` the
   *      consumer's; tail and head are what each has told the other.
   *  I2  Slot i & mask holds element i for consumed <= i < filled, and is null otherwise. So the producer writes a slot
   *      only after it has seen a head beyond the element that was there, and the consumer reads one only below tail.
   *  I3  `ends` has PRODUCER once the producer is over, and nothing is filled or published from then on; CONSUMER once
   *      the consumer is, and it takes nothing from then on.
   *  I4  Whoever is second to set its bit in `ends` drains the ring. Until then the one that is left may touch its own
   *      side.
   *
   * Hand-off, both ways the same
   *  giver:   move its index (tail or head) or set its bit, then take the other's waker and wake it.
   *  waiter:  register its waker, then read the other's index (and `ends`) once more, then answer Pending.
   *  Giver and waiter meet on the word of an AtomicWaker: the second of them sees what the other did before. The last
   *  tail is published before PRODUCER is set, and the consumer reads `ends` before the tail: if it sees the bit, it sees
   *  all elements.
   *
   * A side tells of its index once per batch, before it waits and when it is over; the producer at the end of each of its
   * polls, too, and before it blocks in place: an element that is filled and not told of would be waited for in vain.
   * Places that are free and not told of are fewer than the capacity, so there are elements for the consumer to come back
   * for, and then it tells.
   *
   * Ordering
   *  tail is written with release and read with acquire: an element's own fields travel with it, and so does `failure`.
   *  head likewise: the emptying of a slot happens before it is filled again. The indexes and the wakers are volatile
   *  or read-modify-writes in all places where a side goes to sleep.
   *
   * Progress: wait-free on both sides, but for what a waker costs.
   */

  /** Bits of {@link #ends}: which sides are over. */
  static final int PRODUCER = 1;

  static final int CONSUMER = 2;

  /** The largest capacity: places are a power of two. */
  static final int MAX_CAPACITY = 1 << 30;

  /** Beside PRODUCER: it has come to its end, or failed; it was not cut short. */
  static final int COMPLETE = 4;

  private static final VarHandle INDEX = arrayElementVarHandle(int[].class);

  /** Far enough apart to be in lines of their own, and away from the array's head and tail. */
  private static final int HEAD = 32;

  private static final int TAIL = 64;
  private static final int INDEXES = 96;

  private final int[] indexes = new int[INDEXES];
  private final @Nullable Object[] slots;
  private final int mask;
  private final int capacity;

  /** How many elements a side moves before it tells the other. */
  private final int batch;

  private final AtomicWaker producer = new AtomicWaker();
  private final AtomicWaker consumer = new AtomicWaker();
  private final AtomicInteger ends = new AtomicInteger();

  /** Why the producer is over; null if it came to its end. Written before PRODUCER is set. */
  private @Nullable Throwable failure;

  HandoverRing(int capacity) {
    this.capacity = capacity;
    int size = Integer.highestOneBit(capacity);
    this.slots = new Object[size < capacity ? size << 1 : size];
    this.mask = slots.length - 1;
    this.batch = Math.max(1, Math.min(capacity / 4, 64));
  }

  int capacity() {
    return capacity;
  }

  int batch() {
    return batch;
  }

  // ---- both sides

  int head() {
    return (int) INDEX.getAcquire(indexes, HEAD);
  }

  int tail() {
    return (int) INDEX.getAcquire(indexes, TAIL);
  }

  int ends() {
    return ends.get();
  }

  /** Ends the producer, {@code how} it may be; drops what is left if the consumer is over. */
  void endProducer(int how, Discard discard) {
    int before = ends.getAndUpdate(bits -> bits | PRODUCER | how);
    producer.clear();
    if ((before & CONSUMER) != 0) {
      drain(discard);
    } else {
      consumer.wake();
    }
  }

  /** Ends the consumer, who has taken all before {@code consumed}. */
  void endConsumer(int consumed, Discard discard) {
    INDEX.setRelease(indexes, HEAD, consumed);
    int before = ends.getAndUpdate(bits -> bits | CONSUMER);
    consumer.clear();
    if ((before & PRODUCER) != 0) {
      drain(discard);
    }
  }

  private void drain(Discard discard) {
    for (int i = head(); i != tail(); i++) {
      Object left = slots[i & mask];
      slots[i & mask] = null;
      discard.discard(left);
    }
    Throwable unthrown = failure;
    failure = null;
    if (unthrown != null) {
      discard.uncaught(unthrown, "a stream that nobody reads any more");
    }
  }

  // ---- the producer's side

  void fill(int index, T item) {
    slots[index & mask] = item;
  }

  /** Tells the consumer of all elements before {@code filled}. */
  void publish(int filled) {
    INDEX.setRelease(indexes, TAIL, filled);
    consumer.wake();
  }

  void awaitRoom(Waker waker) {
    producer.register(waker);
  }

  void failed(Throwable thrown) {
    failure = thrown;
  }

  // ---- the consumer's side

  @SuppressWarnings({"unchecked", "NullAway"}) // I2: fill() puts elements in
  T take(int index) {
    T item = (T) slots[index & mask];
    slots[index & mask] = null;
    return item;
  }

  /** Gives the places of all elements before {@code consumed} back. */
  void release(int consumed) {
    INDEX.setRelease(indexes, HEAD, consumed);
    producer.wake();
  }

  void awaitElement(Waker waker) {
    consumer.register(waker);
  }

  /** Whether there is no element from {@code consumed} on, and none to come. */
  boolean isDrained(int consumed) {
    // In this order: the last tail is published before the end.
    return (ends.get() & PRODUCER) != 0 && tail() == consumed;
  }

  /** Whether {@link #takeFailure} has one. After COMPLETE was seen only. */
  boolean hasFailed() {
    return failure != null;
  }

  /** Takes the failure out, to be thrown. After PRODUCER was seen only. */
  @Nullable Throwable takeFailure() {
    Throwable thrown = failure;
    failure = null;
    return thrown;
  }
}
