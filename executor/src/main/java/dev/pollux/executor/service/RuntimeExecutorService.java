package dev.pollux.executor.service;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.blocking.Waits;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The scheduled executor service of a runtime, with a lifecycle of its own.
 *
 * @threading any thread; methods that wait refuse on a thread that is running tasks
 */
public final class RuntimeExecutorService implements ScheduledExecutorService, AutoCloseable {
  /*
   * Lifecycle: open, then shut down (`live` is closed), then terminated (and `live` is empty). After the registry was
   * closed it only shrinks; whoever takes the last command out, or closes an empty one, opens the latch.
   *
   * The watch is a task that lives as long as the service. It is cancelled with all tasks when the runtime is shut
   * down; that cancels the commands whose jobs the blocking pool takes back without a word.
   */
  private final Spawner spawner;
  private final Timer timer;

  /** Where commands run, if that is not their task. */
  private final @Nullable Blocking pool;

  /** Hears of the threads that wait for commands. */
  private final Waits waits;

  private final LiveCommands live;
  private final CountDownLatch terminated = new CountDownLatch(1);
  private volatile @Nullable JoinHandle<Void> watch;

  private RuntimeExecutorService(
      Spawner spawner, Timer timer, @Nullable Blocking pool, Waits waits) {
    this.waits = requireNonNull(waits, "waits");
    this.live =
        new LiveCommands(
            4 * Runtime.getRuntime().availableProcessors(), this::terminateIfEmpty, waits);
    this.spawner = spawner;
    this.timer = timer;
    this.pool = pool;
  }

  /**
   * A service whose commands run as tasks.
   *
   * @param spawner where the tasks are spawned
   * @param timer the clock of the runtime
   * @param waits hears of the threads that wait for commands
   */
  public static RuntimeExecutorService onWorkers(Spawner spawner, Timer timer, Waits waits) {
    RuntimeExecutorService service =
        new RuntimeExecutorService(
            requireNonNull(spawner, "spawner"), requireNonNull(timer, "timer"), null, waits);
    service.watchRuntime();
    return service;
  }

  /**
   * A service whose commands run on the blocking pool.
   *
   * @param spawner where the tasks are spawned that wait for the time of a command
   * @param timer the clock of the runtime
   * @param pool where the commands run
   * @param waits hears of the threads that wait for commands
   */
  public static RuntimeExecutorService onBlockingPool(
      Spawner spawner, Timer timer, Blocking pool, Waits waits) {
    RuntimeExecutorService service =
        new RuntimeExecutorService(
            requireNonNull(spawner, "spawner"),
            requireNonNull(timer, "timer"),
            requireNonNull(pool, "pool"),
            waits);
    service.watchRuntime();
    return service;
  }

  private void watchRuntime() {
    try {
      JoinHandle<Void> handle = spawner.spawn(new RuntimeWatch(this::runtimeIsShutDown));
      handle.detach();
      watch = handle;
    } catch (RuntimeShutdownException alreadyShutDown) {
      runtimeIsShutDown(); // without effect if the refused watch has done it
    }
  }

  // ---- submitting

  @Override
  public void execute(Runnable command) {
    launch(new ExecutedCommand(requireNonNull(command, "command"), live));
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
    return launched(new SubmittedCommand<T>(requireNonNull(task, "task"), live));
  }

  @Override
  public <T extends @Nullable Object> Future<T> submit(Runnable task, T result) {
    return submit(Executors.callable(requireNonNull(task, "task"), result));
  }

  @Override
  public Future<?> submit(Runnable task) {
    return submit(Executors.callable(requireNonNull(task, "task")));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(requireNonNull(command, "command")), delay, unit);
  }

  @Override
  public <V extends @Nullable Object> ScheduledFuture<V> schedule(
      Callable<V> callable, long delay, TimeUnit unit) {
    requireNonNull(callable, "callable");
    requireNonNull(unit, "unit");
    return launched(timed(callable, unit.toNanos(delay), 0));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    requireNonNull(command, "command");
    requireNonNull(unit, "unit");
    requirePositive("period", period);
    return launched(
        timed(Executors.callable(command), unit.toNanos(initialDelay), unit.toNanos(period)));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    requireNonNull(command, "command");
    requireNonNull(unit, "unit");
    requirePositive("delay", delay);
    return launched(
        timed(Executors.callable(command), unit.toNanos(initialDelay), -unit.toNanos(delay)));
  }

  private static void requirePositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be more than 0, was " + value);
    }
  }

  private <V extends @Nullable Object> TimedCommand<V> timed(
      Callable<V> callable, long delayNanos, long periodNanos) {
    return new TimedCommand<>(callable, live, delayNanos, periodNanos, timer, pool);
  }

  private <V extends @Nullable Object> Future<V> launched(SubmittedCommand<V> command) {
    launch(command);
    return command;
  }

  private void launch(ImmediateCommand<?> command) {
    register(command);
    try {
      if (pool != null) {
        pool.spawnBlocking(command).detach();
      } else {
        spawner.spawn(command).detach();
      }
    } catch (Throwable refused) {
      throw rejected(command, refused);
    }
  }

  private <V extends @Nullable Object> ScheduledFuture<V> launched(TimedCommand<V> command) {
    register(command);
    try {
      JoinHandle<Void> task = spawner.spawn(command);
      task.detach();
      command.launchedAs(task);
    } catch (Throwable refused) {
      throw rejected(command, refused);
    }
    return command;
  }

  private void register(Command<?> command) {
    if (!command.stripe().add(command)) {
      throw new RejectedExecutionException(command + " was refused: " + this);
    }
  }

  /** Takes a command back that the runtime has refused. */
  private RuntimeException rejected(Command<?> command, Throwable refused) {
    command.tryCancelPending();
    if (refused instanceof Error error) {
      throw error;
    }
    return new RejectedExecutionException(command + " was refused by the runtime", refused);
  }

  // ---- submitting many, and waiting

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks) throws InterruptedException {
    List<SubmittedCommand<T>> commands = commands(tasks, "invokeAll(Collection)");
    try {
      commands.forEach(this::launch);
      for (Future<T> command : commands) {
        awaitEnd(command, Long.MAX_VALUE);
      }
    } catch (Throwable failure) {
      cancelAll(commands);
      throw failure;
    }
    return new ArrayList<>(commands);
  }

  @Override
  public <T extends @Nullable Object> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    long nanos = Math.max(0, requireNonNull(unit, "unit").toNanos(timeout));
    long start = System.nanoTime();
    List<SubmittedCommand<T>> commands = commands(tasks, "invokeAll(Collection, long, TimeUnit)");
    try {
      commands.forEach(this::launch);
      for (Future<T> command : commands) {
        if (!awaitEnd(command, nanos - (System.nanoTime() - start))) {
          break;
        }
      }
    } catch (Throwable failure) {
      cancelAll(commands);
      throw failure;
    }
    cancelAll(commands); // without effect on those that have ended
    return new ArrayList<>(commands);
  }

  private <T extends @Nullable Object> List<SubmittedCommand<T>> commands(
      Collection<? extends Callable<T>> tasks, String what) {
    List<SubmittedCommand<T>> commands = new ArrayList<>();
    for (Callable<T> task : requireNonNull(tasks, "tasks")) {
      commands.add(new SubmittedCommand<T>(requireNonNull(task, "an element of tasks"), live));
    }
    if (!commands.isEmpty()) {
      refuseToBlock(what);
    }
    return commands;
  }

  /** Waits until {@code command} is done. Returns false if it isn't within {@code nanos}. */
  @CanIgnoreReturnValue
  private static boolean awaitEnd(Future<?> command, long nanos) throws InterruptedException {
    try {
      command.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException | CancellationException outcome) {
      return true; // for whoever asks the future
    }
    return true;
  }

  private static void cancelAll(Collection<? extends Future<?>> commands) {
    for (Future<?> command : commands) {
      command.cancel(true);
    }
  }

  @Override
  public <T extends @Nullable Object> @Nullable T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    Contenders<T> contenders = contenders(tasks, "invokeAny(Collection)");
    try {
      contenders.commands().forEach(this::launch);
      return contenders.first();
    } finally {
      cancelAll(contenders.commands());
    }
  }

  @Override
  public <T extends @Nullable Object> @Nullable T invokeAny(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long nanos = Math.max(0, requireNonNull(unit, "unit").toNanos(timeout));
    Contenders<T> contenders = contenders(tasks, "invokeAny(Collection, long, TimeUnit)");
    try {
      contenders.commands().forEach(this::launch);
      return contenders.first(nanos);
    } finally {
      cancelAll(contenders.commands());
    }
  }

  private <T extends @Nullable Object> Contenders<T> contenders(
      Collection<? extends Callable<T>> tasks, String what) {
    List<Callable<T>> works = new ArrayList<>();
    for (Callable<T> task : requireNonNull(tasks, "tasks")) {
      works.add(requireNonNull(task, "an element of tasks"));
    }
    if (works.isEmpty()) {
      throw new IllegalArgumentException("tasks must not be empty, had 0 elements");
    }
    refuseToBlock(what);
    return new Contenders<>(works, live, waits);
  }

  private static void refuseToBlock(String what) {
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          what
              + " would block a thread that is running tasks of "
              + Poller.pollingName()
              + ": call it elsewhere");
    }
  }

  // ---- the end

  /**
   * Takes no more commands. Those that wait for their one time will still run; periodic ones are
   * cancelled, after the run that has begun.
   */
  @Override
  public void shutdown() {
    live.close();
    live.forEach(
        command -> command instanceof TimedCommand<?> timed && timed.isPeriodic(),
        Command::tryCancelPending);
    terminateIfEmpty();
  }

  /**
   * Takes no more commands, hands back those that have not begun, and interrupts those that are
   * running on the blocking pool.
   *
   * @return the commands that have not begun: the futures that were returned when they were
   *     submitted, cancelled for whoever waits for them. {@code run()} does the work all the same,
   *     once, on the thread that calls it
   */
  @Override
  @CanIgnoreReturnValue
  public List<Runnable> shutdownNow() {
    live.close();
    List<Runnable> returned = new ArrayList<>();
    live.forEach(
        command -> true,
        command -> {
          if (command.tryReturn()) {
            returned.add(command);
          } else {
            command.interruptRunner();
          }
        });
    terminateIfEmpty();
    return returned;
  }

  private void runtimeIsShutDown() {
    live.close();
    live.forEach(command -> true, Command::stopWithRuntime);
    terminateIfEmpty();
  }

  private void terminateIfEmpty() {
    if (terminated.getCount() > 0 && live.isEmpty()) {
      terminated.countDown();
      JoinHandle<Void> task = watch;
      if (task != null) {
        task.requestCancel();
      }
    }
  }

  @Override
  public boolean isShutdown() {
    return !live.isOpen();
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    requireNonNull(unit, "unit");
    if (timeout > 0 && !isTerminated()) {
      refuseToBlock("awaitTermination(long, TimeUnit)");
    }
    if (timeout <= 0 || isTerminated()) {
      return isTerminated();
    }
    waits.taskWaitBegins();
    try {
      return terminated.await(timeout, unit);
    } finally {
      waits.waitEnds();
    }
  }

  /**
   * Shuts down, and waits until every command has ended. If the calling thread is interrupted
   * meanwhile, what has not begun is dropped and what runs on the blocking pool is interrupted; the
   * wait goes on, and the thread is interrupted again at its end.
   *
   * @threading on a thread that is running tasks it only shuts down
   */
  @Override
  public void close() {
    shutdown();
    if (Poller.isAttached()) {
      return;
    }
    boolean interrupted = false;
    while (!isTerminated()) {
      waits.taskWaitBegins();
      try {
        terminated.await();
      } catch (InterruptedException e) {
        interrupted = true;
        shutdownNow();
      } finally {
        waits.waitEnds();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "RuntimeExecutorService["
        + (pool != null ? "on the blocking pool" : "on workers")
        + ", "
        + (isTerminated() ? "terminated" : isShutdown() ? "shut down" : "open")
        + "]";
  }
}
