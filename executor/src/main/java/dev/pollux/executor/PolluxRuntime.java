package dev.pollux.executor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What runs futures: tasks, timers, and a pool for calls that block.
 *
 * <pre>{@code
 * try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
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
    permits CurrentThreadRuntime, MultiThreadRuntime {

  /**
   * A runtime that runs its tasks on a thread for each available processor, with the default
   * options.
   */
  static MultiThreadRuntime multiThread() {
    return builder().multiThread();
  }

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
   * @throws SpawnRejectedException if as many tasks are live as {@link RuntimeBuilder#maxTasks}
   *     allows; {@code future} has been cancelled
   */
  @Override
  <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future);

  @Override
  <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future);

  /**
   * Spawns a task that a shutdown lets run to its end, for as long as its patience lasts: see
   * {@link #close()}.
   *
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down, and no longer
   *     waits for shielded tasks; {@code future} has been cancelled
   * @throws SpawnRejectedException if as many tasks are live as {@link RuntimeBuilder#maxTasks}
   *     allows; {@code future} has been cancelled
   */
  @Override
  <T extends @Nullable Object> JoinHandle<T> spawnShielded(Future<T> future);

  /**
   * Spawns a task unless as many are live as {@link RuntimeBuilder#maxTasks} allows.
   *
   * @param future what the task runs
   * @param <T> the output of the task
   * @return the handle, or the future back, untouched
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  <T extends @Nullable Object> SpawnAttempt<T> trySpawn(Future<T> future);

  /**
   * As {@link #trySpawn(Future)}, with a name for messages and dumps.
   *
   * @param name the name of the task
   * @param future what the task runs
   * @param <T> the output of the task
   * @return the handle, or the future back, untouched
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     has been cancelled
   */
  <T extends @Nullable Object> SpawnAttempt<T> trySpawn(String name, Future<T> future);

  /**
   * Spawns a task that stays on one worker from its first poll to its last: for what is confined to
   * one thread at a time and must not be stolen. Successive calls go to the workers in turn; tasks
   * that belong together are spawned by one {@link #localSet()}.
   *
   * @param future makes what the task runs, on that worker
   * @param <T> the output of the task
   * @return the handle, which may be used anywhere
   * @throws dev.pollux.core.RuntimeShutdownException if the runtime was shut down; {@code future}
   *     was not asked for anything
   */
  <T extends @Nullable Object> JoinHandle<T> spawnPinned(Supplier<? extends Future<T>> future);

  /** A way to spawn tasks that all stay on the same worker. */
  LocalSet localSet();

  /**
   * Makes a call that blocks, on the calling thread and at once. In a task of a multi-thread
   * runtime the worker is handed to another thread first, with its queues and timers, so that no
   * other task waits for the call. Cheaper than {@link #spawnBlocking} if the call seldom blocks;
   * the task itself does nothing else meanwhile, and can't be cancelled.
   *
   * <p>On a thread that runs no tasks it is just the call. If there are too many threads already,
   * the call is made all the same, and its worker waits.
   *
   * @param call what blocks
   * @param <T> what it answers
   * @return its answer
   * @throws IllegalStateException if called in a {@linkplain #spawnPinned pinned} task, in a task
   *     of another runtime or of a current-thread runtime: their worker can't be handed on
   * @throws Exception what the call throws
   */
  @CanIgnoreReturnValue
  <T extends @Nullable Object> T blockInPlace(Callable<T> call) throws Exception;

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
   * @throws SpawnRejectedException if as many tasks are live as {@link RuntimeBuilder#maxTasks}
   *     allows; the future has been cancelled
   * @throws Exception what the future throws, unchanged
   */
  @Override
  @CanIgnoreReturnValue
  <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception;

  /**
   * As {@link #blockOn(Future)}, but not for longer than {@code timeout}, by the clock of the
   * runtime. A poll of the future that doesn't return is waited for all the same.
   *
   * @param future what is run
   * @param timeout how long to wait; zero or negative gives it one chance
   * @param <T> the output of the future
   * @return its output
   * @throws TimeoutException if it was not over by then; it has been cancelled
   */
  @CanIgnoreReturnValue
  <T extends @Nullable Object> T blockOn(Future<T> future, Duration timeout) throws Exception;

  /** The clock of the runtime, and where its deadlines are kept. */
  Timer timer();

  /** Whether the clock was stopped by {@link RuntimeBuilder#pausedClock()}. */
  boolean hasPausedClock();

  /**
   * Moves a paused clock on. What becomes due runs at once, or when the runtime is next driven if
   * it runs on the calling thread.
   *
   * @param duration how far; not negative
   * @throws IllegalArgumentException if {@code duration} is negative
   * @throws IllegalStateException if the runtime was not built with a paused clock
   */
  void advance(Duration duration);

  /**
   * A new executor service whose commands run as tasks of this runtime, for libraries that take
   * one: {@code CompletableFuture}, Reactor, RxJava and most others.
   *
   * <pre>{@code
   * ScheduledExecutorService service = runtime.asScheduledExecutorService();
   * Schedulers.fromExecutorService(service);                          // Reactor
   * service.scheduleAtFixedRate(this::refresh, 0, 30, TimeUnit.SECONDS);
   * }</pre>
   *
   * <p>Each command is one task: it should not block, and is never interrupted. What the JDK says
   * of {@code ScheduledThreadPoolExecutor} with its default policies holds, and where that leaves a
   * choice:
   *
   * <ul>
   *   <li>A command is cancelled for good and at once: the timer and the service forget it, and it
   *       retains nothing of the user's.
   *   <li>What a command given to {@code execute} throws goes to the uncaught-failure handler, what
   *       others throw to their future. {@code VirtualMachineError} goes to both.
   *   <li>{@code get}, {@code invokeAll}, {@code invokeAny} and {@code awaitTermination} throw
   *       {@link IllegalStateException} where they would block a thread that is running tasks. What
   *       is done can be had anywhere.
   *   <li>A delay is never cut short, and may be up to a tick of the timer (1 ms) longer; {@link
   *       Long#MAX_VALUE} nanoseconds never pass. Time-outs of waiting threads run on the clock of
   *       the JVM, delays on that of the runtime, which a test can pause.
   *   <li>On a current-thread runtime, commands that one thread submits without a delay, or with
   *       the same, begin in that order. On several workers they begin in any order, and side by
   *       side.
   *   <li>A run of {@code scheduleAtFixedRate} that comes late is followed by the next at once;
   *       other tasks have their turn between the two.
   *   <li>{@code shutdown} leaves commands that wait for their one time, and cancels periodic ones.
   *       {@code shutdownNow} returns what has not begun: their futures, which are cancelled, so
   *       that nobody waits for ever, and whose {@code run()} does the work all the same, once.
   * </ul>
   *
   * <p>The service has a lifecycle of its own: the end of it is not the end of the runtime. If the
   * runtime is closed first, what has not begun is cancelled, and the service is terminated. A
   * service that is not shut down counts as a live task of the runtime. It does not keep the
   * runtime: who has only the service can't close the runtime any more, and it is reported as lost.
   * It has a public {@code close()} and is {@code AutoCloseable} on every JDK, though its type says
   * so only since 19.
   *
   * @return the service; that of a closed runtime is terminated
   */
  ScheduledExecutorService asScheduledExecutorService();

  /**
   * A new executor service whose commands run on the blocking pool of this runtime: they may block.
   * Delays run on the timer of the runtime.
   *
   * <p>As {@link #asScheduledExecutorService()}, but that {@code cancel(true)} and {@code
   * shutdownNow} interrupt commands that are running. Such an interrupt reaches the command it was
   * meant for or none, never what the thread does next. Commands begin in the order of the pool's
   * queue; those with a delay enter it when their time has come. While the runtime is being closed
   * it waits for commands that are running, as for every blocking job.
   *
   * @return the service; that of a closed runtime is terminated
   */
  ScheduledExecutorService asBlockingScheduledExecutorService();

  /** The number of tasks that have been spawned and have not ended. */
  int liveTasks();

  /**
   * What every live task, and every blocking job, is doing and waiting for: see {@link
   * RuntimeDump}.
   */
  default RuntimeDump dump() {
    return dump(Integer.MAX_VALUE);
  }

  /**
   * As {@link #dump()}, but describes some of the tasks only: a million of them are more than
   * anybody reads, and fill the memory.
   *
   * @param mostTasks how many tasks are described at most, at least 1
   * @throws IllegalArgumentException if {@code mostTasks} is less than 1
   */
  RuntimeDump dump(int mostTasks);

  /** What the runtime has counted so far. */
  RuntimeMetrics metrics();

  /** Whether the runtime was closed, and everything in it has ended. */
  boolean isClosed();

  /**
   * Shuts the runtime down: refuses new tasks and jobs, cancels every task, takes back the blocking
   * jobs that have not begun, interrupts those that are interruptible, and waits for all that have.
   * A job that does not end within the patience given to the builder is left to its daemon thread,
   * and reported to the uncaught-failure handler by name. Idempotent.
   *
   * <p>What is {@linkplain Future#shielded() shielded} is spared at first: its tasks are polled on,
   * its timers and its I/O work, and the tasks and blocking jobs that it spawns are taken and
   * spared as well, while all other spawns are refused. Once the other tasks and the shielded ones
   * have ended, or the patience is over, whatever is left is cancelled, and a shielded task that
   * this cuts short is reported by name. (A current-thread runtime that is closed by a task of
   * another runtime, with nobody driving it, has no patience: that thread must not wait.)
   *
   * @threading any thread. On a thread that is running tasks it only asks for the shutdown, which
   *     follows once the poll is over; elsewhere it returns when the shutdown is complete
   */
  @Override
  void close();

  /**
   * As {@link #close()}, but waits for {@code patience} at most, and answers what had not ended by
   * then; nothing of that is reported to the handler.
   *
   * @param patience not negative
   * @return what was left. On a thread that is running tasks, or in a blocking job of this runtime,
   *     it is what is live now: the shutdown goes on without the caller
   * @throws IllegalArgumentException if {@code patience} is negative
   */
  @CanIgnoreReturnValue
  ShutdownReport shutdown(Duration patience);

  /**
   * As {@link #shutdown} without any patience: everything is asked to end, shielded tasks too, and
   * no poll or job is waited for; the workers get a tenth of a second to cancel what is queued.
   */
  @CanIgnoreReturnValue
  default ShutdownReport shutdownNow() {
    return shutdown(Duration.ZERO);
  }
}
