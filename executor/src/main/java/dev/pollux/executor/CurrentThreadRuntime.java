package dev.pollux.executor;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.executor.scheduler.CurrentThreadScheduler;
import dev.pollux.executor.scheduler.Options;
import dev.pollux.executor.service.RuntimeExecutorService;
import dev.pollux.spi.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A runtime without threads of its own: its tasks run on the thread that calls {@link #blockOn}, or
 * in a foreign loop that calls {@link #tryTick()}. For tests, tools, and state that is confined to
 * one thread.
 *
 * <p>Tasks make progress only while somebody drives. If several threads block on it, one of them
 * drives for all, and hands over when its own future is over. No task is polled twice before every
 * ready task was polled once; with a seed and a paused clock a program that uses nothing else
 * replays one interleaving exactly.
 *
 * <pre>{@code
 * // In the loop of somebody else, which onWork() wakes:
 * while (runtime.tryTick()) {}
 * loop.callAfter(runtime.untilNextTimer());
 * }</pre>
 *
 * @threading as {@link PolluxRuntime} says; one thread at a time drives, and others that block on
 *     it wait for that one
 */
public final class CurrentThreadRuntime implements PolluxRuntime {

  private final CurrentThreadScheduler scheduler;

  CurrentThreadRuntime(Options options) {
    this.scheduler = new CurrentThreadScheduler(options);
  }

  @Override
  public String name() {
    return scheduler.name();
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
  public <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception {
    return scheduler.blockOn(future);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The time is that of the runtime's clock, and does not run during a poll.
   */
  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T blockOn(Future<T> future, Duration timeout)
      throws Exception {
    requireNonNull(timeout, "timeout");
    return scheduler.blockOn(future.timeout(timeout.isNegative() ? Duration.ZERO : timeout));
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

  /** {@inheritDoc} On this runtime all tasks are pinned: to the thread that drives it. */
  @Override
  public <T extends @Nullable Object> JoinHandle<T> spawnPinned(
      Supplier<? extends Future<T>> future) {
    requireNonNull(future, "future");
    return scheduler.spawner().spawn(Futures.defer(future));
  }

  @Override
  public LocalSet localSet() {
    return new LocalSet(
        new LocalSet.PinnedSpawner() {
          @Override
          public <T extends @Nullable Object> JoinHandle<T> spawn(
              @Nullable String name, Future<T> future, boolean shielded) {
            if (shielded) {
              return scheduler.spawner().spawnShielded(future);
            }
            return name == null
                ? scheduler.spawner().spawn(future)
                : scheduler.spawner().spawn(name, future);
          }
        });
  }

  @Override
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T blockInPlace(Callable<T> call) throws Exception {
    requireNonNull(call, "call");
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          "blockInPlace of runtime \""
              + name()
              + "\" was called on a thread that is running tasks of \""
              + Poller.pollingName()
              + "\", and there is no other to hand them to: use spawnBlocking");
    }
    return call.call();
  }

  /**
   * Does what is due and polls one ready task, if there is one.
   *
   * @return whether a task was polled; false means that nothing is ready now
   * @throws IllegalStateException if another thread is driving the runtime, or if called from
   *     inside a poll
   */
  @CanIgnoreReturnValue
  public boolean tryTick() {
    return scheduler.tick(false);
  }

  /**
   * Polls one ready task, after sleeping until there is one. With a paused clock, time jumps to the
   * next deadline instead.
   *
   * @return whether a task was polled; false if the calling thread was interrupted, which it still
   *     is, or if the runtime was closed
   * @throws IllegalStateException if another thread is driving the runtime, or if called from
   *     inside a poll
   */
  @CanIgnoreReturnValue
  public boolean tick() {
    return scheduler.tick(true);
  }

  /**
   * The time until the next timer is due, for a foreign loop that wants to sleep; empty if none is
   * armed.
   *
   * @throws IllegalStateException if another thread is driving the runtime, or if called from
   *     inside a poll
   */
  public Optional<Duration> untilNextTimer() {
    return scheduler.untilNextTimer();
  }

  /** {@inheritDoc} Here it runs when the runtime is next driven. */
  @Override
  public void advance(Duration duration) {
    scheduler.advance(requireNonNull(duration, "duration"));
  }

  @Override
  public Timer timer() {
    return scheduler.timer();
  }

  @Override
  public boolean hasPausedClock() {
    return scheduler.hasPausedClock();
  }

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
  }

  @Override
  @CanIgnoreReturnValue
  public ShutdownReport shutdown(Duration patience) {
    return scheduler.shutDown(RuntimeBuilder.patienceNanos(patience));
  }

  @Override
  public String toString() {
    return "CurrentThreadRuntime[" + name() + ", " + liveTasks() + " live tasks]";
  }
}
