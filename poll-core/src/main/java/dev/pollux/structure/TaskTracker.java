package dev.pollux.structure;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.Spawner;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts futures that are under way, so that somebody can wait for the end of the last. It holds
 * none of them and keeps none of their outputs, so that it may live as long as the program.
 *
 * <pre>{@code
 * TaskTracker tracker = new TaskTracker();
 * tracker.spawn(spawner, connection.runUntilCancelled(serve(socket))).detach();
 * // at the end:
 * shutdown.cancel();
 * tracker.close();
 * Future<Void> allGone = tracker.whenEmpty();
 * }</pre>
 *
 * <p>A tracker that was closed still takes futures while it counts others, for those may have
 * something left to start. Once it is closed and empty it is <em>over</em> for good, and refuses
 * more: whoever was told of the end is not made a liar.
 *
 * <p>Source: {@code TaskTracker} of tokio_util, which can be opened again, and has no end.
 *
 * @threading every method may be called from any thread. What a tracked future did is seen by
 *     whoever finds the tracker over
 */
public final class TaskTracker {
  /*
   * Invariants
   *  I1  `state` is twice the number of futures under way, and one more once the tracker is closed.
   *  I2  CLOSED alone, which is closed and empty, is final.
   *
   * Transitions (n is at least 1)
   *  open, n-1      --track-->  open, n           closed, n  --track-->  closed, n+1         CLOSED  --track-->  refused
   *  open, n        --end-->    open, n-1         closed, n  --end-->    closed, n-1
   *  open           --close-->  closed            closed     --close-->  closed
   * Whoever comes to CLOSED, by the end of the last or by a close, does so alone (I2), and lets `over` happen.
   *
   * Ordering: each edge is one volatile read-modify-write of one word. Progress: lock-free, but for the telling of `over`.
   */
  private static final long CLOSED = 1;
  private static final long ONE = 2;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, TaskTracker.class, long.class);

  private volatile long state;

  private final Occurrence over = new Occurrence(null);

  /** Makes a tracker that is open and empty. */
  public TaskTracker() {}

  /**
   * Counts {@code future} in. It counts until it has completed, failed or been cancelled, also if
   * it is never polled: a tracked future that is dropped without a cancel counts for ever.
   *
   * @param future what is counted; it belongs to the result
   * @param <T> the output of the future
   * @return a future that does what {@code future} does, to be run by anybody
   * @throws IllegalStateException if this tracker is closed and empty; {@code future} is not
   *     touched then
   * @cancellation cancels the future
   */
  public <T extends @Nullable Object> Future<T> track(Future<T> future) {
    requireNonNull(future, "future");
    transitionToOneMore();
    return new Tracked<>(this, future);
  }

  /**
   * Spawns a task that runs {@code future}, counted from now to the end of the future.
   *
   * @param spawner where
   * @param future what the task runs; it belongs to the task from here on
   * @param <T> the output of the task
   * @return the handle of the task
   * @throws IllegalStateException if this tracker is closed and empty; {@code future} is not
   *     touched then
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  public <T extends @Nullable Object> JoinHandle<T> spawn(Spawner spawner, Future<T> future) {
    requireNonNull(spawner, "spawner");
    return spawnTracked(future, spawner::spawn);
  }

  /**
   * Spawns a task with a name, as {@link #spawn(Spawner, Future)} does.
   *
   * @param spawner where
   * @param name for messages and dumps
   * @param future what the task runs; it belongs to the task from here on
   * @param <T> the output of the task
   * @return the handle of the task
   * @throws IllegalStateException if this tracker is closed and empty; {@code future} is not
   *     touched then
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  public <T extends @Nullable Object> JoinHandle<T> spawn(
      Spawner spawner, String name, Future<T> future) {
    requireNonNull(spawner, "spawner");
    requireNonNull(name, "name");
    return spawnTracked(future, tracked -> spawner.spawn(name, tracked));
  }

  private <T extends @Nullable Object> JoinHandle<T> spawnTracked(
      Future<T> future, Function<Future<T>, JoinHandle<T>> spawn) {
    Future<T> tracked = track(future);
    try {
      return spawn.apply(tracked);
    } catch (Throwable refused) {
      tracked.cancel(); // a spawner that refuses has done that, or should have
      throw refused;
    }
  }

  /**
   * Says that no more are to come from outside: {@link #whenEmpty()} may complete from now on.
   * Idempotent; cancels nothing.
   */
  public void close() {
    if ((long) STATE.getAndBitwiseOr(this, CLOSED) == 0) {
      over.happen();
    }
  }

  /**
   * Completes once this tracker is closed and empty. Any number of these may wait for one tracker.
   * Takes no budget.
   *
   * @cancellation nothing is lost; the tracker forgets it
   */
  public Future<Void> whenEmpty() {
    return new WhenEmpty(this);
  }

  /** How many futures are under way; out of date at once unless this tracker is over. */
  public long size() {
    return state / ONE;
  }

  /** Whether no future is under way; out of date at once unless this tracker is closed. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return (state & CLOSED) != 0;
  }

  private void transitionToOneMore() {
    long seen;
    do {
      seen = state;
      if (seen == CLOSED) {
        throw new IllegalStateException("a TaskTracker that is closed and empty takes no more");
      }
    } while (!STATE.compareAndSet(this, seen, seen + ONE));
  }

  /** A future that was counted in has ended, or was cancelled. Called once for each. */
  void transitionToOneLess() {
    long left = (long) STATE.getAndAdd(this, -ONE) - ONE;
    assert left >= 0 : left;
    if (left == CLOSED) {
      over.happen();
    }
  }

  /** What {@link #whenEmpty()} waits for. */
  Occurrence over() {
    return over;
  }

  @Override
  public String toString() {
    long seen = state;
    return "TaskTracker["
        + seen / ONE
        + " under way, "
        + ((seen & CLOSED) != 0 ? "closed" : "open")
        + "]";
  }
}
