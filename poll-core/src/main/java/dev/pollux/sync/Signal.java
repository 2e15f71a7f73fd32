package dev.pollux.sync;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Ready;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds the latest value for one consumer, who takes it: a reading of a sensor, a new
 * configuration. A value that nobody has taken is replaced by the next, and {@linkplain Discard
 * discarded}.
 *
 * <pre>{@code
 * Signal<Position> position = new Signal<>();
 * // whoever knows:
 * boolean open = position.signal(here);
 * // the consumer:
 * Future<Void> drawn = position.take().map(this::draw);
 * }</pre>
 *
 * <p>Where several want to see the same values, use {@link Watch}.
 *
 * <p>A signal that is not needed any more is {@linkplain #close() closed}, which discards what it
 * holds. One that is merely forgotten is garbage together with that, which is not discarded: to
 * notice that would cost more than all the rest.
 *
 * <p>Source: {@code Signal} of embassy, with an end.
 *
 * @param <T> the type of the values, never null
 * @threading every method may be called from any thread, but one at a time waits for a value. What
 *     was done before a value was signalled is seen by whoever takes it
 */
public final class Signal<T> implements AutoCloseable {
  /*
   * Invariants
   *  I1  `state` is null, the value in the answer that its taker will give, the future that waits, or CLOSED.
   *  I2  Only the owner of a future puts that in and, as long as no value has come, takes it out.
   *
   * Transitions
   *  null            --poll-->     the future
   *  null            --signal-->   Ready
   *  the future      --signal-->   Ready        (the future is woken)
   *  Ready           --signal-->   Ready        (the earlier value is discarded)
   *  Ready           --poll, tryTake-->  null
   *  the future      --cancel-->   null
   *  any             --close-->    CLOSED       (a value is discarded, the future is woken)
   *
   * The waker of a future that is in here may be replaced while a signal takes the future out. The owner writes the waker
   * first and then looks whether it is still in; whoever signals takes it out first and then reads the waker. So one of
   * them sees what the other did: the owner finds the value, or its new waker is woken.
   *
   * Ordering: each edge is a compare-and-set, and the waker is volatile. Progress: lock-free, but for the waker and the
   * discard that are called.
   */
  private static final Object CLOSED = new Object();

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, Signal.class, Object.class);

  private volatile @Nullable Object state;

  /** That of the consumer, from its first poll on. */
  private volatile @Nullable Discard discard;

  /** Makes one that holds nothing. */
  public Signal() {}

  /**
   * Makes {@code value} the latest, in place of one that was not taken. Never waits.
   *
   * @param value the new value
   * @return false if this signal is closed; the value stays with the caller then
   */
  public boolean signal(T value) {
    Ready<T> signalled = new Ready<>(requireNonNull(value, "value"));
    while (true) {
      Object seen = state;
      if (seen == CLOSED) {
        return false;
      }
      if (STATE.compareAndSet(this, seen, signalled)) {
        endOf(seen);
        return true;
      }
    }
  }

  /**
   * Takes the latest value, once there is one. The future throws {@link ChannelClosedException} if
   * the signal is closed; and {@link IllegalStateException} if another one waits already, for a
   * value goes to one consumer.
   *
   * @cancellation nothing is lost: a value that is there stays
   */
  public Future<T> take() {
    return Unpolled.made(new SignalTake<>(this));
  }

  /**
   * Takes the latest value if there is one; never waits.
   *
   * @return the value; {@code Pending} if there is none, for which no waker is registered; or
   *     {@code End} if this signal is closed
   */
  public Next<T> tryTake() {
    while (true) {
      Object seen = state;
      if (seen instanceof Ready<?>) {
        if (STATE.compareAndSet(this, seen, (Object) null)) {
          return Next.item(answer(seen).value());
        }
      } else {
        return seen == CLOSED ? Next.end() : Next.pending();
      }
    }
  }

  /**
   * Takes the latest value, waiting for one on a thread that may block.
   *
   * @throws ChannelClosedException if this signal is closed
   * @throws InterruptedException if the thread is interrupted, before or while it waits
   * @throws IllegalStateException on a thread that runs tasks, and if another one waits already
   */
  public T blockingTake() throws InterruptedException {
    BlockingCall.checkMayBlock("Signal.blockingTake", "Signal.take");
    BlockingCall.checkInterrupt();
    return BlockingCall.await(take());
  }

  /** Whether a value is there to be taken. */
  public boolean isSignalled() {
    return state instanceof Ready<?>;
  }

  /**
   * Discards the value that it holds, if it does, and refuses others: whoever waits, or comes to
   * wait, throws {@link ChannelClosedException}. Idempotent.
   */
  @Override
  public void close() {
    endOf(STATE.getAndSet(this, CLOSED));
  }

  /** Deals with what was in here before a value, or the close. */
  private void endOf(@Nullable Object before) {
    if (before instanceof SignalTake<?> waiting) {
      waiting.wake();
    } else if (before instanceof Ready<?> old) {
      Discard discard = this.discard;
      (discard == null ? Discard.closing() : discard).discard(old.value());
    }
  }

  // ---- for the one who waits

  /** The value taken, or null if {@code taker} is in here to be woken. */
  @Nullable Poll<T> takeOrWait(SignalTake<T> taker, Waker waker) {
    while (true) {
      Object seen = state;
      if (seen instanceof Ready<?>) {
        if (STATE.compareAndSet(this, seen, (Object) null)) {
          return answer(seen);
        }
      } else if (seen == CLOSED) {
        throw new ChannelClosedException("this signal is closed");
      } else if (seen == null) {
        taker.waker = waker;
        if (STATE.compareAndSet(this, (Object) null, taker)) {
          return null;
        }
      } else if (seen != taker) {
        throw new IllegalStateException(
            "another take() of this signal waits already; a value goes to one consumer");
      } else if (taker.waker == waker) {
        return null;
      } else {
        taker.waker = waker;
        if (state == taker) { // second
          return null;
        }
      }
    }
  }

  void keepDiscard(Discard discard) {
    if (this.discard != discard) {
      this.discard = discard;
    }
  }

  void withdraw(SignalTake<T> taker) {
    if (state == taker) {
      STATE.compareAndSet(this, taker, (Object) null); // else a value has come, and stays
    }
  }

  @SuppressWarnings("unchecked") // I1
  private Poll<T> answer(Object state) {
    return (Poll<T>) state;
  }

  @Override
  public String toString() {
    Object seen = state;
    String words =
        seen instanceof Ready<?> ready
            ? "holds " + ready.value()
            : seen == CLOSED ? "closed" : seen == null ? "empty" : "awaited";
    return "Signal[" + words + "]";
  }
}
