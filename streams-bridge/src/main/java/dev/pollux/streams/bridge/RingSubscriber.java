package dev.pollux.streams.bridge;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Takes the signals of an upstream into a bounded ring, from which one task takes them out.
 *
 * @threading the {@link Subscriber} methods belong to the upstream, one call at a time (1.3); the
 *     rest belongs to the consumer
 */
public class RingSubscriber<T> implements Subscriber<T> {
  /*
   * Invariants
   *  R1  taken <= received <= requested <= taken + capacity. The upstream owes the middle one (1.1)
   *      and is checked; the last one is ours: a request is made only for what has been taken.
   *  R2  Slot i is null unless it holds the element with number i modulo the slots. By R1 the upstream
   *      writes only slots that the consumer has emptied.
   *  R3  The terminal is set once by the first of: onComplete, onError, a breach of the rules.
   *      CANCELLED replaces any, and is final. Elements received before it are delivered before it.
   *  R4  An element is taken, or discarded, by exactly one: the consumer, until it cancels; after that
   *      whoever swaps it out of its slot.
   *
   * Hand-off
   *  upstream: fill the slot (or set the terminal), then take the waker.
   *  consumer: register the waker, then look at terminal and slot again, in this order, since an
   *            element may have come just before the terminal.
   *
   * Cancel
   *  consumer: terminal = CANCELLED, take the waker, empty all slots.
   *  upstream: fill the slot, take the waker, and only then look for CANCELLED: if it is there, empty
   *            the slot again. Both swap the waker's word, so one of them is second there, and sees
   *            what the other did before: the slot filled, or CANCELLED.
   *
   * Ordering
   *  A slot is filled with setRelease and seen with getAcquire: the element's own fields travel with
   *  it. A slot is emptied plainly: the volatile write of requested publishes it, and the upstream
   *  reads requested before it fills the slot again. So requested is also the consumer's index,
   *  published once per refill.
   *
   * Progress: wait-free on both sides, but for what the waker and the upstream's request cost.
   */

  /** How the upstream ended; null while it has not. */
  private static final class Terminal {

    static final Terminal COMPLETE = new Terminal(null, true);
    static final Terminal CANCELLED = new Terminal(null, false);

    final @Nullable Throwable failure;

    /** Whether the upstream said so itself: then nothing may come any more (1.7). */
    final boolean byUpstream;

    Terminal(@Nullable Throwable failure, boolean byUpstream) {
      this.failure = failure;
      this.byUpstream = byUpstream;
    }
  }

  /** What the consumer finds. */
  public enum Found {
    /** {@link #take} has an element. */
    ELEMENT,
    /** There is no element and there will be none. */
    TERMINAL,
    /** There is no element, and the waker is registered. */
    NOTHING
  }

  private static final VarHandle TERMINAL =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "terminal", VarHandle.class, RingSubscriber.class, Terminal.class);

  private final AtomicReferenceArray<@Nullable T> slots;
  private final int mask;
  private final Discard discard;
  private final Upstream upstream;
  private final AtomicWaker waker = new AtomicWaker();
  private volatile @Nullable Terminal terminal;

  /** How many elements were asked for so far. Written by the consumer. */
  private volatile long requested;

  // Owned by the upstream.

  private long received;

  /** The value of requested that was read last. */
  private long granted;

  // Owned by the consumer.

  private final int capacity;
  private final int refillAt;
  private boolean started;
  private long taken;

  /** How many were taken and not yet asked for again. */
  private int spent;

  /**
   * A ring.
   *
   * @param capacity how many elements are requested and not taken, at most
   * @param refillAt how many are taken before as many are requested again, at most the capacity
   * @param discard where what is dropped goes, and failures without an owner
   */
  public RingSubscriber(int capacity, int refillAt, Discard discard) {
    this.capacity = capacity;
    this.refillAt = refillAt;
    this.discard = discard;
    this.upstream = new Upstream(discard);
    int size = Integer.highestOneBit(capacity);
    this.slots = new AtomicReferenceArray<>(size < capacity ? size << 1 : size);
    this.mask = slots.length() - 1;
  }

  /** One for plain Reactive Streams, in the task of {@code cx}. */
  static <T> RingSubscriber<T> of(int capacity, int refillAt, Context cx) {
    return new RingSubscriber<>(capacity, refillAt, cx.discard());
  }

  // ---- the upstream's side

  @Override
  public void onSubscribe(Subscription subscription) {
    if (subscription == null) {
      throw nullSignal("a subscription");
    }
    upstream.arrive(subscription);
    waker.wake();
  }

  @Override
  public void onNext(T item) {
    if (item == null) {
      throw nullSignal("an element");
    }
    if (terminal != null) {
      discard.discard(item); // 2.8: it may have been under way
      reportAfterEnd("an element");
      return;
    }
    if (received == granted) {
      granted = requested;
      if (received == granted) {
        discard.discard(item);
        breach(
            new IllegalStateException(
                upstream.hasArrived()
                    ? "rule 1.1: an element came beyond the " + received + " that were requested"
                    : "rule 1.9: an element came before onSubscribe"));
        return;
      }
    }
    int slot = (int) received & mask;
    received++;
    slots.setRelease(slot, item);
    waker.wake();
    if (terminal == Terminal.CANCELLED) {
      discard.discard(slots.getAndSet(slot, null));
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (failure == null) {
      throw nullSignal("a failure");
    }
    if (TERMINAL.compareAndSet(this, null, new Terminal(failure, true))) {
      upstream.close(); // 2.4
      waker.wake();
    } else {
      discard.uncaught(failure, "an upstream signalled a failure after it was ended or cancelled");
    }
  }

  @Override
  public void onComplete() {
    if (!upstream.hasArrived()) {
      breach(new IllegalStateException("rule 1.9: onComplete came before onSubscribe"));
    } else if (TERMINAL.compareAndSet(this, null, Terminal.COMPLETE)) {
      upstream.close(); // 2.4
      waker.wake();
    } else {
      reportAfterEnd("onComplete");
    }
  }

  /** Reports a signal that came after the upstream had ended the stream itself. */
  private void reportAfterEnd(String signal) {
    Terminal end = terminal;
    if (end != null && end.byUpstream) {
      discard.uncaught(
          new IllegalStateException("rule 1.7: " + signal + " came after the end"),
          "an upstream that breaks the rules");
    }
  }

  /** The stream can't go on: what came so far is delivered, then {@code failure}. */
  public final void breach(Throwable failure) {
    if (TERMINAL.compareAndSet(this, null, new Terminal(failure, false))) {
      upstream.cancel();
      waker.wake();
    } else {
      discard.uncaught(failure, "an upstream broke the rules after it was ended or cancelled");
    }
  }

  private NullPointerException nullSignal(String what) {
    NullPointerException failure = new NullPointerException("rule 2.13: " + what + " was null");
    breach(failure);
    return failure;
  }

  // ---- the consumer's side

  /** Looks for an element; if there is nothing, {@code cx}'s waker is registered. */
  public final Found look(Context cx) {
    for (boolean registered = false; ; registered = true) {
      if (!started && upstream.hasArrived()) {
        started = true;
        request(capacity);
      }
      boolean ended = terminal != null;
      if (isFilled()) {
        return Found.ELEMENT;
      }
      if (ended) {
        return Found.TERMINAL;
      }
      if (registered) {
        return Found.NOTHING;
      }
      waker.register(cx.waker());
    }
  }

  private boolean isFilled() {
    return slots.getAcquire((int) taken & mask) != null;
  }

  /** Takes the element that {@link #look} has found, and asks for more if it is time. */
  public final T take() {
    int slot = (int) taken & mask;
    T item = slots.getPlain(slot);
    assert item != null : "nothing to take";
    slots.setPlain(slot, null);
    taken++;
    if (++spent == refillAt) {
      spent = 0;
      request(refillAt);
    }
    return item;
  }

  private void request(int n) {
    if (terminal == null) {
      requested = taken + capacity; // first: the elements may come from inside the call
      Throwable thrown = upstream.request(n);
      if (thrown != null) {
        breach(new IllegalStateException("rule 3.16: request threw", thrown));
      }
    }
  }

  /** How the upstream ended, when {@link #look} has found the terminal: null if by onComplete. */
  public final @Nullable Throwable failure() {
    return requireNonNull(terminal).failure;
  }

  /** Whether nothing is left but the end. */
  public final boolean isComplete() {
    return terminal == Terminal.COMPLETE && !isFilled();
  }

  /** Stops the upstream, and discards what came and what will come. Called once. */
  public final void cancel() {
    Terminal unseen = (Terminal) TERMINAL.getAndSet(this, Terminal.CANCELLED);
    upstream.cancel();
    Waker unused = waker.take(); // a read-modify-write, which clear() is not
    for (int i = 0; i <= mask; i++) {
      discard.discard(slots.getAndSet((int) (taken + i) & mask, null));
    }
    if (unseen != null && unseen.failure != null) {
      discard.uncaught(unseen.failure, "the failure of an upstream whose consumer was cancelled");
    }
  }

  /** Drops what was taken and is not wanted, or nothing if it is null, to where the ring does. */
  final void drop(@Nullable T item) {
    discard.discard(item);
  }

  /** How many elements wait in the ring. Exact only if nothing moves. */
  public final int held() {
    int held = 0;
    for (int i = 0; i <= mask; i++) {
      held += slots.get(i) == null ? 0 : 1;
    }
    return held;
  }

  // ---- for those who look at it from outside: by any thread, and stale perhaps

  /** The subscription, from its arrival until the end. */
  public final @Nullable Subscription subscription() {
    return upstream.subscription();
  }

  /** How many elements are requested and not taken, at most. */
  public final int capacity() {
    return capacity;
  }

  /** Whether the consumer has cancelled. */
  public final boolean isCancelled() {
    return terminal == Terminal.CANCELLED;
  }

  /** Whether the upstream has ended the stream, or was found to break the rules. */
  public final boolean isEnded() {
    Terminal seen = terminal;
    return seen != null && seen != Terminal.CANCELLED;
  }

  /** The failure that ended the stream; null if none has. */
  public final @Nullable Throwable endFailure() {
    Terminal seen = terminal;
    return seen == null ? null : seen.failure;
  }

  @Override
  public String toString() {
    return "RingSubscriber[capacity " + capacity + ", " + upstream + "]";
  }
}
