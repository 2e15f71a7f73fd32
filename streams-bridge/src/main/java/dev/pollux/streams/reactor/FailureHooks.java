package dev.pollux.streams.reactor;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Gives the failure of a job to whoever hears of those of the built-in schedulers: the uncaught
 * handler of the thread, and then the hook of {@link Schedulers#onHandleError}.
 */
final class FailureHooks {

  private FailureHooks() {}

  /**
   * Reports {@code failure}, on the calling thread.
   *
   * @throws RuntimeException what a handler or a hook throws
   */
  static void handle(Throwable failure, JobOwner owner) {
    UncaughtExceptionHandler handler = owner.scheduler().uncaughtHandler();
    if (handler == null) {
      tellReactor(failure);
      return;
    }
    // It was meant for the threads that the scheduler would have had of its own.
    Thread thread = Thread.currentThread();
    UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler(handler);
    try {
      tellReactor(failure);
    } finally {
      thread.setUncaughtExceptionHandler(before instanceof ThreadGroup ? null : before);
    }
  }

  /**
   * Only a scheduler of Reactor's own reaches the hook: one that runs what throws, here and now.
   */
  private static void tellReactor(Throwable failure) {
    Here here = new Here();
    Scheduler.Worker worker = Schedulers.fromExecutor(here).createWorker();
    Disposable unused =
        worker.schedule(
            () -> {
              throw Here.<RuntimeException>unchecked(failure);
            });
    if (here.thrown != null) {
      throw Here.<RuntimeException>unchecked(here.thrown);
    }
  }

  /**
   * Runs at once. It is a scheduler only for the sake of its type: what a worker over a scheduler
   * runs is not decorated by {@link Schedulers#onSchedule} once more.
   */
  private static final class Here implements Executor, Scheduler {

    /** What the hooks threw. */
    @Nullable Throwable thrown;

    @Override
    public void execute(Runnable command) {
      try {
        command.run();
      } catch (Throwable ofHooks) {
        thrown = ofHooks;
      }
    }

    @Override
    @CanIgnoreReturnValue
    public Disposable schedule(Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Worker createWorker() {
      throw new UnsupportedOperationException();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // for the compiler alone
    static <E extends Throwable> E unchecked(Throwable any) throws E {
      throw (E) any;
    }
  }
}
