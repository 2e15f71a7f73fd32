package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.scheduler.MultiThreadScheduler;
import dev.pollux.executor.scheduler.Options;
import dev.pollux.executor.service.RuntimeExecutorService;
import dev.pollux.spi.Timer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A runtime whose tasks run on several threads, its workers. A worker runs what its own tasks spawn
 * and wake, and takes from the others when it has nothing; so tasks stay where their data is warm,
 * and no processor idles while another has a queue.
 *
 * <p>One long poll stops neither the timers nor the events of others: a worker that sleeps looks
 * after those that are stuck. It can't give back the thread, though: what blocks belongs on {@link
 * #spawnBlocking}, or into {@link #blockInPlace}.
 *
 * <p>A runtime with nothing to do makes no wake-up at all. Its threads are daemons. One that was
 * never closed and is no longer reachable is reported to the uncaught-failure handler.
 *
 * @threading every method may be called from any thread, as {@link PolluxRuntime} says
 */
public final class MultiThreadRuntime implements PolluxRuntime {

  private final MultiThreadScheduler scheduler;
  private final Cleaner.Cleanable leak;

  MultiThreadRuntime(Options options) {
    this.scheduler = new MultiThreadScheduler(options);
    this.leak = LeakedRuntime.watch(this, scheduler);
  }

  @Override
  public String name() {
    return scheduler.runtimeName();
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
    return scheduler.spawner().spawn(future);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
    return scheduler.spawner().spawn(name, future);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnShielded(Future<T> future) {
    return scheduler.spawner().spawnShielded(future);
  }

  @Override
  public <T extends @Nullable Object> SpawnAttempt<T> trySpawn(Future<T> future) {
    return attempt(null, future);
  }

  @Override
  public <T extends @Nullable Object> SpawnAttempt<T> trySpawn(String name, Future<T> future) {
    return attempt(requireNonNull(name, "name"), future);
  }

  private <T extends @Nullable Object> SpawnAttempt<T> attempt(
      @Nullable String name, Future<T> future) {
    JoinHandle<T> handle = scheduler.trySpawn(name, future);
    return handle != null
        ? new Spawned<>(handle)
        : new SpawnRejected<>(future, scheduler.maxTasks());
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnPinned(
      Supplier<? extends Future<T>> future) {
    return scheduler.spawnPinned(
        scheduler.choosePinned(), null, Futures.defer(requireNonNull(future, "future")), false);
  }

  @Override
  public LocalSet localSet() {
    return localSet(scheduler);
  }

  /** Static, as a set that is in use must not hold the runtime. */
  private static LocalSet localSet(MultiThreadScheduler scheduler) {
    int worker = scheduler.choosePinned();
    return new LocalSet(
        new LocalSet.PinnedSpawner() {
          @Override
          public <T extends @Nullable Object> JoinHandle<T> spawn(
              @Nullable String name, Future<T> future, boolean shielded) {
            return scheduler.spawnPinned(worker, name, future, shielded);
          }
        });
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(Callable<T> job) {
    return scheduler.blocking().spawnBlocking(job);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnBlocking(String name, Callable<T> job) {
    return scheduler.blocking().spawnBlocking(name, job);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(Callable<T> job) {
    return scheduler.blocking().spawnInterruptible(job);
  }

  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnInterruptible(
      String name, Callable<T> job) {
    return scheduler.blocking().spawnInterruptible(name, job);
  }

  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T blockInPlace(Callable<T> call) throws Exception {
    return scheduler.blockInPlace(call);
  }

  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception {
    try {
      return scheduler.blockOn(future);
    } finally {
      Reference.reachabilityFence(this); // a runtime that somebody blocks on is not lost
    }
  }

  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T blockOn(Future<T> future, Duration timeout)
      throws Exception {
    requireNonNull(timeout, "timeout");
    return blockOn(future.timeout(timeout.isNegative() ? Duration.ZERO : timeout));
  }

  /** {@inheritDoc} Here it runs at once. */
  @Override
  public void advance(Duration duration) {
    scheduler.advance(requireNonNull(duration, "duration"));
  }

  /**
   * {@inheritDoc} Deadlines that are armed by a thread that is no worker are kept by one of them.
   */
  @Override
  public Timer timer() {
    return scheduler.timer();
  }

  @Override
  public boolean hasPausedClock() {
    return scheduler.hasPausedClock();
  }

  // A service outlives what it was made with, as long as it is not shut down: it must not hold the
  // runtime, or one that is lost would never be found.

  @Override
  public ScheduledExecutorService asScheduledExecutorService() {
    return RuntimeExecutorService.onWorkers(
        scheduler.spawner(), scheduler.timer(), scheduler.blocking());
  }

  @Override
  public ScheduledExecutorService asBlockingScheduledExecutorService() {
    return RuntimeExecutorService.onBlockingPool(
        scheduler.spawner(), scheduler.timer(), scheduler.blocking(), scheduler.blocking());
  }

  @Override
  public int liveTasks() {
    return scheduler.liveTasks();
  }

  @Override
  public RuntimeDump dump(int mostTasks) {
    return scheduler.dump(mostTasks);
  }

  @Override
  public RuntimeMetrics metrics() {
    return scheduler.metrics();
  }

  @Override
  public boolean isClosed() {
    return scheduler.isClosed();
  }

  @Override
  public void close() {
    scheduler.close();
    leak.clean();
  }

  @Override
  @CanIgnoreReturnValue
  public ShutdownReport shutdown(Duration patience) {
    ShutdownReport report = scheduler.shutDown(RuntimeBuilder.patienceNanos(patience));
    leak.clean();
    return report;
  }

  @Override
  public String toString() {
    return "MultiThreadRuntime[" + name() + ", " + liveTasks() + " live tasks]";
  }
}
