package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.arrayElementVarHandle;
import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Waker;
import dev.pollux.sync.WaiterQueue.Granted;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel with a number of places, whose senders wait for one, in turn. */
final class BoundedMpsc<T> extends MpscChannel<T> {
  /*
   * Places are permits. Who sends takes a permit and an index, in one edge of the word; when the receiver has taken a
   * value, it gives the permit back, for many values at a time.
   *
   * Invariants, beside those of MpscChannel (n is the capacity)
   *  I4  n = permits in the word + gathered by waiters + held by permit handles + indexes claimed and not released.
   *      So the indexes claimed and not released are at most n in a row.
   *  I5  WAITERS holds exactly while the queue is not empty, but for a step or two of whoever holds the lock. It is set by
   *      the edge that finds too few permits and takes those there are, and cleared by the one that finds nobody left. While
   *      it holds there are no permits in the word: whoever gives some back sees it, and serves the queue under the lock.
   *      So nobody overtakes a waiter, and the one in front gathers until it has all.
   *  I6  A slot is written by the claimant of its index, and emptied by the receiver before the edge that gives its permit
   *      back. The next claimant of the slot has that edge behind it, by I4, and finds it empty.
   *  I7  The places from `released` to the head belong to values that were taken. Whoever moves `released` gives those back
   *      that it has moved over. That is the receiver, and the end of a poll that has taken something: by then the receiver
   *      may be at work in another task already. The slot is empty before the head is moved, by a release, and the head is
   *      read by an acquire, so whoever gives a place back has the emptying behind it.
   *
   * The slots are in chunks, which are made when the tail comes to them, and taken away when the head leaves them; the one
   * taken away last is kept for the next. So an idle channel has one chunk at most, however large its capacity, and a
   * channel in steady use makes none. The table has at least one entry more than the chunks that n slots fill: while
   * the head is at the end of a chunk the indexes claimed reach, by I4, to the chunk before the next one with its entry.
   * The entry is emptied before the permit of its last value is given back, so whoever puts a chunk there is one lap ahead,
   * and sees it empty. A channel of one chunk keeps it.
   *
   * Ordering: a value is put by a release and taken by an acquire. All else is ordered by the word, whose edges are volatile
   * read-modify-writes, or by the lock.
   *
   * Progress: a send is one compare-and-set while there is room. A sender that is held up between its claim and its put
   * holds up the receiver, as in every array that many write; it holds up no other sender until the channel is full.
   */
  private static final int CHUNK = 64;

  private static final VarHandle SLOT = arrayElementVarHandle(Object[].class);
  private static final VarHandle ENTRY = arrayElementVarHandle(Object[][].class);
  private static final VarHandle SPARE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "spare", VarHandle.class, BoundedMpsc.class, Object[].class);

  private final int capacity;

  /** How many values are taken before their permits are given back, unless a poll ends first. */
  private final int releaseBatch;

  private final int chunkShift;
  private final int chunkMask;
  private final int tableMask;
  private final Object[][] table;

  /** The chunk of the head, if it is known. The receiver's. */
  private Object @Nullable [] chunk;

  /** The chunk that the head has left last, to be used again. */
  @SuppressWarnings("UnusedVariable") // read through SPARE
  private volatile Object @Nullable [] spare;

  @GuardedBy("this")
  private final WaiterQueue waiters = new WaiterQueue();

  BoundedMpsc(int capacity) {
    this(capacity, table(capacity));
  }

  private BoundedMpsc(int capacity, Object[][] table) {
    super((long) capacity << PERMIT_SHIFT, batch(capacity) - 1, taker -> takeAll(table, taker));
    this.capacity = capacity;
    this.releaseBatch = batch(capacity);
    int chunkSize = chunkSize(capacity);
    this.chunkShift = Integer.numberOfTrailingZeros(chunkSize);
    this.chunkMask = chunkSize - 1;
    this.table = table;
    this.tableMask = table.length - 1;
  }

  private static int chunkSize(int capacity) {
    return Math.min(CHUNK, powerOfTwoFrom(capacity));
  }

  private static Object[][] table(int capacity) {
    int chunks = (capacity + chunkSize(capacity) - 1) / chunkSize(capacity);
    return new Object[chunks == 1 ? 1 : powerOfTwoFrom(chunks + 1)][];
  }

  private static void takeAll(Object[][] table, Consumer<Object> taker) {
    for (Object[] chunk : table) {
      if (chunk != null) {
        for (Object value : chunk) {
          if (value != null) {
            taker.accept(value);
          }
        }
      }
    }
  }

  /** So many at once: a power of two, and few enough that the other end is not kept waiting. */
  private static int batch(int capacity) {
    return Math.min(64, Math.max(1, Integer.highestOneBit(capacity) / 4));
  }

  private static int powerOfTwoFrom(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  // ---- the senders' side

  @Override
  long send(T value) {
    while (true) {
      long seen = state();
      if ((seen & CLOSED) != 0) {
        return IS_CLOSED;
      }
      if (permits(seen) == 0) {
        return IS_FULL;
      }
      if (compareAndSetState(seen, seen - PERMIT_ONE + TAIL_ONE)) {
        int index = tail(seen);
        put(index, value);
        return Integer.toUnsignedLong(index);
      }
    }
  }

  @Override
  long sendReserved(T value) {
    while (true) {
      long seen = state();
      if ((seen & GONE) != 0) {
        return IS_CLOSED;
      }
      if (compareAndSetState(seen, seen + TAIL_ONE)) {
        int index = tail(seen);
        put(index, value);
        return Integer.toUnsignedLong(index);
      }
    }
  }

  private void put(int index, Object value) {
    beforePut(value);
    int entry = (index >>> chunkShift) & tableMask;
    Object[] chunk = (Object[]) ENTRY.getAcquire(table, entry);
    if (chunk == null) {
      chunk = addChunk(entry);
    }
    SLOT.setRelease(chunk, index & chunkMask, value);
  }

  private Object[] addChunk(int entry) {
    Object[] added = (Object[]) SPARE.getAndSet(this, (Object[]) null);
    if (added == null) {
      added = new Object[chunkMask + 1];
    }
    Object[] first = (Object[]) ENTRY.compareAndExchange(table, entry, (Object[]) null, added);
    if (first == null) {
      return added;
    }
    spare = added; // somebody else was first; what is overwritten here is garbage
    return first;
  }

  @Override
  boolean tryReserve(int count) {
    while (true) {
      long seen = state();
      if ((seen & CLOSED) != 0 || permits(seen) < count) {
        return false;
      }
      if (compareAndSetState(seen, seen - count * PERMIT_ONE)) {
        return true;
      }
    }
  }

  @Override
  void unreserve(int count) {
    if (give(count)) {
      flush();
    }
    wakeIfOver();
  }

  @Override
  boolean reserveOrWait(MpscWaiter<T> waiter, Waker waker) {
    synchronized (this) {
      if (waiter.phase() == Waiter.NEW) {
        while (true) {
          long seen = state();
          if ((seen & CLOSED) != 0) {
            waiter.refused = true;
            return false;
          }
          int there = permits(seen);
          if (there >= waiter.wanted) {
            if (compareAndSetState(seen, seen - waiter.wanted * PERMIT_ONE)) {
              return true;
            }
          } else if (compareAndSetState(seen, (seen - there * PERMIT_ONE) | WAITERS)) {
            waiter.missing = waiter.wanted - there;
            waiters.add(waiter);
            break;
          }
        }
      }
      if (waiter.isQueued()) {
        waiter.setWaker(waker);
      }
      return false;
    }
  }

  @Override
  boolean leave(MpscWaiter<T> waiter) {
    int back;
    synchronized (this) {
      if (!waiter.isQueued()) {
        return false;
      }
      back = waiter.gathered();
      waiters.remove(waiter);
      if (waiters.isEmpty()) {
        transitionToNobodyWaiting(0);
      }
    }
    if (back > 0) {
      unreserve(back);
    } else {
      wakeIfOver();
    }
    return true;
  }

  // ---- permits come back

  /** Gives permits to those who wait, and the rest back; true if that has put a value in. */
  @CanIgnoreReturnValue
  private boolean give(int count) {
    while (true) {
      long seen = state();
      if ((seen & WAITERS) != 0) {
        return serve(count);
      }
      if (compareAndSetState(seen, seen + count * PERMIT_ONE)) {
        return false;
      }
    }
  }

  private boolean serve(int count) {
    Granted granted = new Granted();
    boolean sent = false;
    synchronized (this) {
      int left = count;
      for (Waiter first = waiters.first(); first != null && left > 0; first = waiters.first()) {
        @SuppressWarnings("unchecked") // only such are in this queue
        MpscWaiter<T> waiter = (MpscWaiter<T>) first;
        int given = Math.min(left, waiter.missing);
        waiter.missing -= given;
        left -= given;
        if (waiter.missing == 0) {
          sent |= waiter.granted(this);
          waiters.grant(waiter, granted);
        }
      }
      if (waiters.isEmpty()) {
        transitionToNobodyWaiting(left);
      }
    }
    granted.wakeAll();
    return sent;
  }

  @GuardedBy("this")
  private void transitionToNobodyWaiting(int left) {
    long seen;
    do {
      seen = state();
    } while (!compareAndSetState(seen, (seen & ~WAITERS) + left * PERMIT_ONE));
  }

  @Override
  @GuardedBy("this")
  void transitionToClosed(Granted refused) {
    int back = 0;
    for (Waiter first = waiters.first(); first != null; first = waiters.first()) {
      @SuppressWarnings("unchecked") // only such are in this queue
      MpscWaiter<T> waiter = (MpscWaiter<T>) first;
      back += waiter.gathered();
      waiter.refused = true;
      waiters.grant(waiter, refused);
    }
    long seen;
    do {
      seen = state();
    } while (!compareAndSetState(seen, ((seen & ~WAITERS) | CLOSED) + back * PERMIT_ONE));
  }

  // ---- the receiver's side

  @Override
  @SuppressWarnings("unchecked") // only senders put something in
  @Nullable T take() {
    int head = head();
    int at = head & chunkMask;
    Object[] chunk = this.chunk;
    if (chunk == null) {
      chunk = (Object[]) ENTRY.getAcquire(table, (head >>> chunkShift) & tableMask);
      if (chunk == null) {
        return null;
      }
      this.chunk = chunk;
    }
    Object value = SLOT.getAcquire(chunk, at);
    if (value == null) {
      return null;
    }
    SLOT.set(chunk, at, (Object) null);
    if (at == chunkMask && tableMask != 0) {
      ENTRY.set(table, (head >>> chunkShift) & tableMask, (Object[]) null);
      this.chunk = null;
      spare = chunk;
    }
    advanceHead();
    if (head + 1 - released() >= releaseBatch) {
      release();
    }
    return (T) value;
  }

  @Override
  void release() {
    int from = released();
    int count = headAcquire() - from;
    if (count > 0 && compareAndSetReleased(from, from + count)) {
      if (give(count)) {
        flush(); // the receiver may have been handed on, and wait elsewhere
      }
      wakeIfOver();
    }
  }

  @Override
  boolean hasUnreleased() {
    return head() != released();
  }

  @Override
  boolean isIdle() {
    int unreleased = head() - released(); // first: what comes back meanwhile wakes the receiver
    long seen = state();
    return (seen & WAITERS) == 0 && permits(seen) + unreleased == capacity;
  }

  @Override
  int capacity() {
    return capacity;
  }

  @Override
  int available() {
    return permits(state());
  }

  @Override
  int waiting() {
    synchronized (this) {
      return waiters.size();
    }
  }
}
