package dev.pollux.streams.rxjava;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** The schedulers that the contract is held against: RxJava's own, and ours on each runtime. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum Subject {
  BUILT_IN_COMPUTATION(RxJavaPlugins::createComputationScheduler),
  BUILT_IN_IO(RxJavaPlugins::createIoScheduler),
  BUILT_IN_NEW_THREAD(RxJavaPlugins::createNewThreadScheduler),
  BUILT_IN_SINGLE(RxJavaPlugins::createSingleScheduler),
  COMPUTATION_ON_CURRENT_THREAD(On.CURRENT_THREAD, PolluxRxScheduler::computation),
  COMPUTATION_ON_ONE_WORKER(On.ONE_WORKER, PolluxRxScheduler::computation),
  COMPUTATION_ON_WORKERS(On.WORKERS, PolluxRxScheduler::computation),
  IO_ON_CURRENT_THREAD(On.CURRENT_THREAD, PolluxRxScheduler::io),
  IO_ON_WORKERS(On.WORKERS, PolluxRxScheduler::io),
  NEW_THREAD_ON_WORKERS(On.WORKERS, PolluxRxScheduler::newThread),
  SINGLE_ON_CURRENT_THREAD(On.CURRENT_THREAD, PolluxRxScheduler::single),
  SINGLE_ON_ONE_WORKER(On.ONE_WORKER, PolluxRxScheduler::single),
  SINGLE_ON_WORKERS(On.WORKERS, PolluxRxScheduler::single);

  /** A scheduler and what is to be closed after it. */
  static final class Opened implements AutoCloseable {
    final Scheduler scheduler;
    private final Runnable after;

    Opened(Scheduler scheduler, Runnable after) {
      this.scheduler = scheduler;
      this.after = after;
    }

    @Override
    public void close() {
      scheduler.shutdown();
      after.run();
    }
  }

  private final Function<String, Opened> opening;
  private final boolean isOurs;

  Subject(Function<ThreadFactory, Scheduler> builtIn) {
    this.isOurs = false;
    this.opening =
        name -> new Opened(builtIn.apply(body -> daemon(body, "built-in " + name)), () -> {});
  }

  Subject(On on, Function<PolluxRuntime, Scheduler> ours) {
    this.isOurs = true;
    this.opening =
        name -> {
          PolluxRuntime runtime = on.runtime();
          return new Opened(ours.apply(runtime), runtime::close);
        };
  }

  Opened open() {
    return opening.apply(name());
  }

  boolean isOurs() {
    return isOurs;
  }

  private static Thread daemon(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  private enum On {
    CURRENT_THREAD,
    ONE_WORKER,
    WORKERS;

    PolluxRuntime runtime() {
      return switch (this) {
        case ONE_WORKER -> PolluxRuntime.builder().workers(1).multiThread();
        case WORKERS -> PolluxRuntime.builder().workers(4).multiThread();
        case CURRENT_THREAD -> {
          CurrentThreadRuntime runtime = PolluxRuntime.currentThread();
          Future<Void> never = Futures.pollFn(cx -> Poll.pending());
          daemon(() -> drive(runtime, never), "driver").start();
          yield runtime;
        }
      };
    }

    private static void drive(PolluxRuntime runtime, Future<Void> never) {
      try {
        runtime.blockOn(never);
      } catch (RuntimeShutdownException closed) {
        // the test is over
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }
  }
}
