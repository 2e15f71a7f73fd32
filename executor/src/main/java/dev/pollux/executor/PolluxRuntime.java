package dev.pollux.executor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What runs futures: tasks, timers, and a pool for calls that block.
 *
 * <pre>{@code
 * try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
 *   int sum = runtime.blockOn(Futures.join(left, right, Integer::sum));
 * }
 * }</pre>
 *
 * <p>Several runtimes in one process know nothing of each other. A runtime that is not closed keeps
 * no process alive.
 *
 * @threading every method may be called from any thread, but for those that block: they refuse on a
 *     thread that is running tasks, of this runtime or of another
 */
public sealed interface PolluxRuntime extends Spawner, Blocking, BlockOn, AutoCloseable
    permits CurrentThreadRuntime {

  /**
   * A runtime that runs its tasks on the thread that calls {@code blockOn}, with the default
   * options.
   */
  static CurrentThreadRuntime currentThread() {
    return builder().currentThread();
  }

  /** The options of a runtime to be built. */
  static RuntimeBuilder builder() {
    return new RuntimeBuilder();
  }

  /** The name of the runtime, for messages and threads. */
  String name();

  /**
   * Spawns a task that runs {@code future}, and returns at once.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  @Override
  <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawnBlocking(Callable<T> job);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(Callable<T> job);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(String name, Callable<T> job);

  /**
   * Runs {@code future} as a task, and blocks until it is over.
   *
   * @return its output
   * @throws InterruptedException if the calling thread is interrupted before the future has a
   *     value; it has been cancelled
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down first; the future
   *     has been cancelled
   * @throws IllegalStateException if called on a thread that is running tasks; the future has been
   *     cancelled
   * @throws Exception what the future throws, unchanged
   */
  @Override
  @CanIgnoreReturnValue
  <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception;

  /** The clock of the runtime, and where its deadlines are kept. */
  Timer timer();

  /** The number of tasks that have been spawned and have not ended. */
  int liveTasks();

  /** Whether the runtime was closed, and everything in it has ended. */
  boolean isClosed();

  /**
   * Shuts the runtime down: refuses new tasks and jobs, cancels every task, takes back the blocking
   * jobs that have not begun, interrupts those that are interruptible, and waits for all that have.
   * A job that does not end within the patience given to the builder is left to its daemon thread,
   * and reported to the uncaught-failure handler by name. Idempotent.
   *
   * @threading any thread. On a thread that is running tasks it only asks for the shutdown, which
   *     follows once the poll is over; elsewhere it returns when the shutdown is complete
   */
  @Override
  void close();
}
