package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is computed by the first who needs it, while all others wait: a connection, a token,
 * a table that takes time to load.
 *
 * <pre>{@code
 * AsyncOnceCell<Connection> connection = new AsyncOnceCell<>();
 * // any number of tasks:
 * Future<Reply> reply = connection.getOrInit(this::connect).flatMap(c -> c.ask(question));
 * }</pre>
 *
 * <p>Exactly one initialiser runs at a time, polled by the task that has made it. If that fails,
 * its task is told of the failure, and the next in the queue runs its own; likewise if it is
 * cancelled. An initialiser that waits for its own cell waits for ever.
 *
 * <p>The value is shared by all who have it, so it is never discarded.
 *
 * <p>Source: {@code OnceCell} of Tokio.
 *
 * @param <T> the type of the value, never null
 * @threading every method may be called from any thread. What was done before the initialiser
 *     completed is seen by whoever has the value
 */
public final class AsyncOnceCell<T> {
  /*
   * Invariants, guarded by the monitor of `waiters`
   *  I1  While `answer` is null and `turn` is not, one future has the turn: it runs its initialiser, or was granted and
   *      has not been polled since. Nobody is in the queue unless somebody has the turn.
   *  I2  `answer` is written once, by the one that has the turn, and everybody in the queue is granted in the same step.
   *      So who was granted and finds none has the turn.
   *
   * A turn is given back by a failure or a cancel, and goes to the first in the queue.
   */
  private volatile @Nullable Poll<T> answer;

  /**
   * Who has the turn: NOT_KNOWN, or as {@link Holder} says. Descriptions read it without the lock.
   */
  private @Nullable Object turn;

  private static final Object NOT_KNOWN = "somebody who has not begun";

  private final WaiterQueue waiters = new WaiterQueue();

  /** Makes one that is empty. */
  public AsyncOnceCell() {}

  /**
   * The value; computed by the future of {@code initializer} if there is none, and nobody computes
   * it.
   *
   * @param initializer makes the future that computes the value, which may not be null; called when
   *     this one has the turn. What it throws, and the failure of its future, is the failure of
   *     this one; others go on with theirs
   * @cancellation an initialiser that runs is cancelled; the turn goes to the next
   */
  public Future<T> getOrInit(Supplier<? extends Future<? extends T>> initializer) {
    return Unpolled.made(new OnceInit<>(this, requireNonNull(initializer, "initializer")));
  }

  /**
   * Does what {@link #getOrInit} does on a thread that may block, which polls the initialiser if it
   * has the turn: without timer, spawner or other services.
   *
   * @param initializer makes the future that computes the value, as there
   * @return the value
   * @throws InterruptedException if the thread is interrupted, before or while it waits; an
   *     initialiser that runs has been cancelled
   * @throws IllegalStateException on a thread that runs tasks
   * @throws Exception the failure of the initialiser
   */
  public T blockingGetOrInit(Supplier<? extends Future<? extends T>> initializer) throws Exception {
    BlockingCall.checkMayBlock("AsyncOnceCell.blockingGetOrInit", "AsyncOnceCell.getOrInit");
    BlockingCall.checkInterrupt();
    requireNonNull(initializer, "initializer");
    Poll<T> there = answer;
    if (there != null) {
      return there.value();
    }
    Outcome<T> outcome =
        BlockingCall.await(getOrInit(initializer).<Outcome<T>>handle(Outcome::new));
    if (outcome.failure != null) {
      throw outcome.failure;
    }
    return requireNonNull(outcome.value);
  }

  private record Outcome<T>(@Nullable T value, @Nullable Exception failure) {}

  /** The value, or empty if there is none yet. */
  public Optional<T> get() {
    Poll<T> answer = this.answer;
    return answer == null ? Optional.empty() : Optional.of(answer.value());
  }

  /** Whether there is a value. Never false again after true. */
  public boolean isInitialized() {
    return answer != null;
  }

  // ---- for those who wait

  /** The value in the answer that all give, or null. */
  @Nullable Poll<T> answer() {
    return answer;
  }

  /** Whether {@code waiter} has the turn, or there is a value; else it is queued. */
  boolean hasTurnOrValue(Waiter waiter, Waker waker) {
    if (waiter.isGranted() || (answer != null && !waiter.isQueued())) {
      return true;
    }
    if (waiter.isWaitingWith(waker)) {
      return false;
    }
    synchronized (waiters) {
      if (waiter.isGranted() || answer != null) { // in the queue is nobody if there is a value
        return true;
      }
      if (turn == null) {
        turn = NOT_KNOWN;
        return true;
      }
      if (!waiter.isQueued()) {
        waiters.add(waiter);
      }
      waiter.setWaker(waker);
      return false;
    }
  }

  /** Hears who uses its turn. */
  void beginTurn(Object holder) {
    synchronized (waiters) {
      turn = holder;
    }
  }

  /** Who has the turn, in a few words; takes no lock. */
  String initializedBy() {
    return Holder.describe(turn);
  }

  /** Ends the turn of the caller with a value. */
  void complete(Poll<T> answer) {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      this.answer = answer;
      turn = null;
      waiters.grantAll(granted);
    }
    granted.wakeAll();
  }

  /** Ends the turn of the caller without a value: it is the next one's. */
  void passTurn() {
    WaiterQueue.Granted granted = new WaiterQueue.Granted();
    synchronized (waiters) {
      Waiter next = waiters.first();
      turn = next == null ? null : NOT_KNOWN;
      if (next == null) {
        return;
      }
      waiters.grant(next, granted);
    }
    granted.wakeAll();
  }

  /** Takes one out that gives up before it runs an initialiser. */
  void withdraw(Waiter waiter) {
    if (waiter.isQueued()) {
      synchronized (waiters) {
        if (waiter.isQueued()) {
          waiters.remove(waiter);
          return;
        }
      }
    }
    boolean hasTurn = waiter.isGranted() && answer == null;
    waiter.end();
    if (hasTurn) {
      passTurn();
    }
  }

  private String stateInWords() {
    synchronized (waiters) {
      return turn != null ? "is initialised, " + waiters.size() + " waiting" : "empty";
    }
  }

  @Override
  public String toString() {
    Poll<T> answer = this.answer;
    return "AsyncOnceCell[" + (answer == null ? stateInWords() : answer.value()) + "]";
  }
}
