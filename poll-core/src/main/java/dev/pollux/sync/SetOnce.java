package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that is set once, and that any number of tasks wait for: what is known only after the
 * start.
 *
 * <pre>{@code
 * SetOnce<Address> address = new SetOnce<>();
 * boolean first = address.set(bound);
 * // any number of tasks:
 * Future<Connection> connection = address.await().flatMap(this::connect);
 * }</pre>
 *
 * <p>The value is shared by all who have it, so it is never discarded, not even when nobody can
 * reach this any more. Where the value is computed by the first who needs it, use {@link
 * AsyncOnceCell}.
 *
 * <p>Source: {@code SetOnce} of Tokio.
 *
 * @param <T> the type of the value, never null
 * @threading every method may be called from any thread. What was done before the set is seen by
 *     whoever sees the value
 */
public final class SetOnce<T> {
  /*
   * `answer` is written once, with the monitor of `waiters` held, and everybody in there is granted in the same step. So
   * whoever finds none with the lock held is granted later.
   */
  private volatile @Nullable Poll<T> answer;

  private final WaiterQueue waiters = new WaiterQueue();

  /** Makes one that is not set. */
  public SetOnce() {}

  /**
   * Sets the value, if it is not set.
   *
   * @param value the value
   * @return whether it was set by this call; if not, {@code value} stays with the caller
   */
  public boolean set(T value) {
    Poll<T> answer = Poll.ready(requireNonNull(value, "value"));
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      if (this.answer != null) {
        return false;
      }
      this.answer = answer;
      waiters.grantAll(granted);
    }
    granted.wakeAll();
    return true;
  }

  /** The value, or empty if it is not set. */
  public Optional<T> get() {
    Poll<T> answer = this.answer;
    return answer == null ? Optional.empty() : Optional.of(answer.value());
  }

  /** Whether the value is set. Never false again after true. */
  public boolean isSet() {
    return answer != null;
  }

  /**
   * The value, once it is set. Any number of these may wait.
   *
   * @cancellation nothing is lost
   */
  public Future<T> await() {
    return Unpolled.made(new SetOnceAwait<>(this));
  }

  /**
   * Waits for the value on a thread that may block.
   *
   * @return the value
   * @throws InterruptedException if the thread is interrupted, before or while it waits
   * @throws IllegalStateException on a thread that runs tasks
   */
  public T blockingAwait() throws InterruptedException {
    BlockingCall.checkMayBlock("SetOnce.blockingAwait", "SetOnce.await");
    BlockingCall.checkInterrupt();
    return BlockingCall.await(await());
  }

  // ---- for those who wait

  /** The value in the answer that all give, or null if {@code waiter} is queued. */
  @Nullable Poll<T> answerOrWait(Waiter waiter, Waker waker) {
    Poll<T> answer = this.answer;
    if (answer != null || waiter.isWaitingWith(waker)) {
      return answer;
    }
    synchronized (waiters) {
      answer = this.answer;
      if (answer == null) {
        if (!waiter.isQueued()) {
          waiters.add(waiter);
        }
        waiter.setWaker(waker);
      }
    }
    return answer;
  }

  /** Takes one out that gives up. */
  void withdraw(Waiter waiter) {
    if (waiter.isQueued()) {
      synchronized (waiters) {
        if (waiter.isQueued()) {
          waiters.remove(waiter);
        }
      }
    }
    waiter.end();
  }

  @Override
  public String toString() {
    Poll<T> answer = this.answer;
    return "SetOnce[" + (answer == null ? "not set" : answer.value()) + "]";
  }
}
