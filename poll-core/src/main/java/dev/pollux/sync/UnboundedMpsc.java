package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.arrayElementVarHandle;
import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.Waker;
import dev.pollux.sync.WaiterQueue.Granted;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A channel that always has room: a list of chunks, which grows at the tail as it is needed. */
final class UnboundedMpsc<T> extends MpscChannel<T> {
  /*
   * Invariants, beside those of MpscChannel
   *  I4  The chunks from that of the head to the last are linked in the order of their numbers, and each index has its slot
   *      in the one with the number index / CHUNK.
   *  I5  `last` is a chunk of that list, and moves forward only. It is never beyond the chunk of an index claimed later:
   *      so a sender reads `last` first, claims its index second, and finds the chunk by going forward.
   *
   * I5 holds because `last` is moved to a chunk by one that has claimed an index in it. Who reads it there claims later,
   * and gets a higher index.
   *
   * Ordering: as in BoundedMpsc. A slot is written once and emptied once; a chunk that the head has left is garbage once no
   * sender holds it.
   *
   * Progress: as in BoundedMpsc.
   */
  private static final int CHUNK = 32;

  private static final int CHUNK_SHIFT = 5;
  private static final int NUMBERS = -1 >>> CHUNK_SHIFT;

  private static final VarHandle SLOT = arrayElementVarHandle(Object[].class);
  private static final VarHandle LAST =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "last", VarHandle.class, UnboundedMpsc.class, Chunk.class);

  /** Slots in a row. */
  private static final class Chunk {

    private static final VarHandle NEXT =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "next", VarHandle.class, Chunk.class, Chunk.class);

    final int number;
    final Object[] slots = new Object[CHUNK];
    private volatile @Nullable Chunk next;

    Chunk(int number) {
      this.number = number;
    }

    Chunk nextOrNew() {
      Chunk after = next;
      if (after != null) {
        return after;
      }
      Chunk added = new Chunk((number + 1) & NUMBERS);
      Chunk first = (Chunk) NEXT.compareAndExchange(this, (Chunk) null, added);
      return first == null ? added : first;
    }
  }

  /** Where the list begins. */
  private static final class Head implements Stored {

    /** The chunk of the head, or the one before it. The receiver's. */
    private Chunk chunk = new Chunk(0);

    @Override
    public void forEach(Consumer<Object> taker) {
      for (Chunk at = chunk; at != null; at = at.next) {
        for (Object value : at.slots) {
          if (value != null) {
            taker.accept(value);
          }
        }
      }
    }
  }

  private final Head first;
  private volatile Chunk last;

  UnboundedMpsc() {
    this(new Head());
  }

  private UnboundedMpsc(Head first) {
    super(0, 63, first);
    this.first = first;
    this.last = first.chunk;
  }

  // ---- the senders' side

  @Override
  long send(T value) {
    while (true) {
      Chunk from = last; // before the claim: I5
      long seen = state();
      if ((seen & CLOSED) != 0) {
        return IS_CLOSED;
      }
      if (compareAndSetState(seen, seen + TAIL_ONE)) {
        return put(from, tail(seen), value);
      }
    }
  }

  @Override
  long sendReserved(T value) {
    while (true) {
      Chunk from = last;
      long seen = state();
      if ((seen & GONE) != 0) {
        return IS_CLOSED;
      }
      if (compareAndSetState(seen, seen + TAIL_ONE - PERMIT_ONE)) {
        return put(from, tail(seen), value);
      }
    }
  }

  private long put(Chunk from, int index, Object value) {
    beforePut(value);
    Chunk chunk = from;
    int number = index >>> CHUNK_SHIFT;
    if (chunk.number != number) {
      do {
        chunk = chunk.nextOrNew();
      } while (chunk.number != number);
      LAST.compareAndSet(this, from, chunk); // else another has moved it
    }
    SLOT.setRelease(chunk.slots, index & (CHUNK - 1), value);
    return Integer.toUnsignedLong(index);
  }

  @Override
  boolean tryReserve(int count) {
    while (true) {
      long seen = state();
      if ((seen & CLOSED) != 0) {
        return false;
      }
      if (permits(seen) > MAX_PERMITS - count) {
        throw new IllegalStateException(
            "at most " + MAX_PERMITS + " places can be reserved at a time");
      }
      if (compareAndSetState(seen, seen + count * PERMIT_ONE)) {
        return true;
      }
    }
  }

  @Override
  void unreserve(int count) {
    long seen;
    do {
      seen = state();
    } while (!compareAndSetState(seen, seen - count * PERMIT_ONE));
    wakeIfOver();
  }

  @Override
  boolean reserveOrWait(MpscWaiter<T> waiter, Waker waker) {
    if (tryReserve(waiter.wanted)) {
      return true;
    }
    waiter.refused = true;
    return false;
  }

  @Override
  boolean leave(MpscWaiter<T> waiter) {
    return false; // nobody waits
  }

  @Override
  @GuardedBy("this")
  void transitionToClosed(Granted refused) {
    long seen;
    do {
      seen = state();
    } while (!compareAndSetState(seen, seen | CLOSED));
  }

  // ---- the receiver's side

  @Override
  @SuppressWarnings("unchecked") // only senders put something in
  @Nullable T take() {
    int head = head();
    Chunk chunk = first.chunk;
    if (chunk.number != head >>> CHUNK_SHIFT) {
      chunk = chunk.next;
      if (chunk == null) {
        return null;
      }
      first.chunk = chunk;
    }
    Object value = SLOT.getAcquire(chunk.slots, head & (CHUNK - 1));
    if (value == null) {
      return null;
    }
    SLOT.set(chunk.slots, head & (CHUNK - 1), (Object) null);
    advanceHead();
    return (T) value;
  }

  @Override
  void release() {
    // there are no places to be given back
  }

  @Override
  boolean hasUnreleased() {
    return false;
  }

  @Override
  boolean isIdle() {
    long seen = state();
    return permits(seen) == 0 && tail(seen) == head();
  }

  @Override
  int capacity() {
    return Integer.MAX_VALUE;
  }

  @Override
  int available() {
    return Integer.MAX_VALUE;
  }

  @Override
  int waiting() {
    return 0;
  }
}
