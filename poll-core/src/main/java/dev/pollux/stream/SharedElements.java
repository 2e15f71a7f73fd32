package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.operator.Cancel;
import java.util.ArrayDeque;
import java.util.Locale;

/**
 * The upstream of a {@link Shared}: gives each element to all readers.
 *
 * @threading any thread
 */
final class SharedElements<T> extends SharedUpstream<T> {
  /*
   * Each reader has a queue of what it has not read, and those who replay have a history besides. An element is one object
   * in all of them, which counts where it is: so it is known when it is dropped that nobody has got.
   *
   * All is guarded by the lock of SharedUpstream.
   */

  /** What becomes of slow readers, and of late ones. */
  enum Policy {
    SLOWEST,
    DROPPING,
    LAGGING,
    REPLAYING,
    CACHED;

    /** Whether nothing is pulled while a reader is full. */
    boolean waits() {
      return this == SLOWEST || this == REPLAYING;
    }

    /** Whether there is a history for late readers. */
    boolean keeps() {
      return this == REPLAYING || this == CACHED;
    }
  }

  /** An element, and in how many queues it is. */
  static final class Slot<T> {

    private final T value;
    private int holders;

    /** Whether a reader has got it. */
    private boolean given;

    Slot(T value) {
      this.value = value;
    }

    Slot<T> held() {
      holders++;
      return this;
    }

    T give() {
      given = true;
      holders--;
      return value;
    }

    void drop(Afterwards afterwards) {
      holders--;
      if (holders == 0 && !given) {
        afterwards.discard(value);
      }
    }
  }

  /** How many readers have no room. A reader that is over may hold this, and no more. */
  static final class Room {
    private int full;

    void countFull(int change) {
      full += change;
    }

    boolean isLeft() {
      return full == 0;
    }
  }

  private final Policy policy;
  private final int capacity;

  /** What late readers will get. */
  private final ArrayDeque<Slot<T>> history = new ArrayDeque<>();

  private final Room room;

  /** How many elements came. */
  private long came;

  private boolean closed;

  SharedElements(AsyncIterator<? extends T> upstream, Policy policy, int capacity) {
    super(upstream);
    this.policy = policy;
    this.capacity = capacity;
    this.room = new Room();
  }

  // ---- as an upstream

  @Override
  boolean mayDrive(UpstreamReader<T, ?> reader) {
    return room.isLeft() || !policy.waits();
  }

  @Override
  @SuppressWarnings("unchecked") // all readers are made by subscribe
  void place(T item, Afterwards afterwards) {
    Slot<T> slot = new Slot<T>(item).held(); // by this method, until all have got it
    if (policy == Policy.CACHED && came == capacity) {
      slot.drop(afterwards);
      finish(
          new IllegalStateException(
              "cached keeps "
                  + capacity
                  + (capacity == 1 ? " element" : " elements")
                  + " at most, and one more came"),
          afterwards);
      return;
    }
    came++;
    if (policy.keeps() && !closed) {
      if (history.size() == capacity) {
        history.removeFirst().drop(afterwards);
      }
      history.addLast(slot.held());
    }
    for (UpstreamReader<T, ?> reader : readers()) {
      ((SharedReader<T>) reader).offer(slot, afterwards);
      tell(reader, afterwards);
    }
    slot.drop(afterwards);
  }

  @Override
  boolean isOpen() {
    return !closed;
  }

  private void forget(Afterwards afterwards) {
    Slot<T> slot;
    while ((slot = history.pollFirst()) != null) {
      slot.drop(afterwards);
    }
  }

  // ---- as a handle

  SharedReader<T> subscribe() {
    SharedReader<T> reader = new SharedReader<>(this, policy, capacity, room);
    synchronized (lock()) {
      if (closed) {
        throw new IllegalStateException("this Shared is closed: nobody can subscribe any more");
      }
      add(reader);
      Afterwards nothing = new Afterwards();
      for (Slot<T> slot : history) {
        reader.offer(slot, nothing);
      }
    }
    return reader;
  }

  void close() {
    Afterwards afterwards = new Afterwards();
    AsyncIterator<T> left = null;
    synchronized (lock()) {
      if (!closed) {
        closed = true;
        forget(afterwards); // readers have in their queues what they need
        left = abandonIfUnread(afterwards);
      }
    }
    afterwards.run(discard());
    Cancel.iterator(left, discard());
  }

  /** For a dump: without the lock, so it may be a mixture of two moments. */
  @Override
  public String toString() {
    return "Shared["
        + policy.name().toLowerCase(Locale.ROOT)
        + "("
        + capacity
        + "), "
        + readers().size()
        + " readers"
        + (policy.waits() && !room.isLeft() ? ", one of them full" : "")
        + (closed ? ", closed" : "")
        + "]";
  }
}
