package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The place where one task leaves its waker for events that come from any thread.
 *
 * <p>The consumer registers first and looks at the condition second; the producer makes the
 * condition true first and wakes second. Then no wake-up is lost:
 *
 * <pre>{@code
 * // the future                            // the event, on any thread
 * waker.register(cx.waker());              flag = true;    // volatile
 * return flag ? Poll.done()                waker.wake();
 *             : Poll.pending();
 * }</pre>
 *
 * <p>Source: {@code AtomicWaker} of futures-rs and Tokio, less their third state: see the comment
 * inside.
 *
 * @threading {@link #register} and {@link #clear()} belong to the consumer, one thread at a time;
 *     {@link #wake()} and {@link #take()} may be called from any thread, and several at once
 */
public final class AtomicWaker {
  /*
   * Invariants
   *  I1  `waker` holds the waker registered last, or null if there is none or it was taken.
   *  I2  Only the consumer puts a waker in. Whoever takes it out of there by wake() wakes it.
   *
   * Transitions
   *  any    --register(w)-->  w       (not written if it is w already)
   *  any    --take, wake-->   null    (the caller gets what was there; wake() wakes it)
   *  any    --clear-->        null
   *
   * The race. Register and wake meet on one word, and both are read-modify-writes, so one comes first.
   *  - The wake comes second: it finds the waker and wakes it.
   *  - The wake comes first: it finds nothing. But register reads what it wrote, and so what its thread did before is
   *    seen by what the consumer does next, which is to look at the condition. It finds it true.
   * In Rust the slot is two words and can't be exchanged at once, whence the state "registering" there. Here the garbage
   * collector owns the waker, the slot is one word, and nothing is left to protect.
   *
   * The skip. If the word is w already, register writes nothing, and the consumer may fail to see a condition that was
   * made true by then. But then the wake that goes with it has still to come, for it would have taken w out; and it will
   * find w and wake it. (That wake hits a consumer in the midst of a poll: it is polled again, as any waker promises.)
   * Skipping by equals(), or any skip in wake(), would be wrong. A wake that only read null and returned could have read
   * before a register whose consumer then read the condition before it was made true: two stores, each followed by a
   * load of the other's word, is the one order that a volatile load alone does not keep apart from a plain store.
   *
   * Ordering
   *  All accesses are volatile-mode, the exchange included; the argument above needs the total order of these.
   *
   * Progress: register, take and clear are wait-free; wake too, but for the waker that it calls.
   */
  private static final VarHandle WAKER =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "waker", VarHandle.class, AtomicWaker.class, Waker.class);

  private volatile @Nullable Waker waker;

  /** Makes an empty one. */
  public AtomicWaker() {}

  /**
   * Leaves {@code waker} to be woken by the next {@link #wake()}, in place of the one before. The
   * caller looks at its condition once more after this.
   *
   * @param waker the waker of the latest context
   */
  public void register(Waker waker) {
    if (this.waker != requireNonNull(waker, "waker")) {
      WAKER.getAndSet(this, waker);
    }
  }

  /**
   * Wakes the registered waker, if there is one, and forgets it. Never throws: what a foreign waker
   * throws is reported to {@link UncaughtFailureHandler#processDefault()}.
   */
  public void wake() {
    Waker taken = take();
    if (taken != null) {
      try {
        taken.wake();
      } catch (Throwable failure) {
        Discard.closing().uncaught(failure, "a waker of " + taken.getClass().getName());
      }
    }
  }

  /**
   * Takes the registered waker out, for the caller to wake, perhaps together with others and
   * outside a lock.
   *
   * @return the waker, or null if there is none
   */
  public @Nullable Waker take() {
    return (Waker) WAKER.getAndSet(this, (Waker) null);
  }

  /** Forgets the registered waker without waking it: the consumer is over. */
  public void clear() {
    waker = null;
  }

  /** Whether a waker is registered; for descriptions, out of date at once. */
  public boolean isRegistered() {
    return waker != null;
  }

  @Override
  public String toString() {
    return "AtomicWaker[" + (isRegistered() ? "registered" : "empty") + "]";
  }
}
