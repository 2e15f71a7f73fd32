package dev.pollux.streams.reactor;

import dev.pollux.core.Futures;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A kind of scheduler, built-in or of ours, for the tests that both must pass. */
enum SchedulerSubject {
  BUILT_IN_PARALLEL(Kind.PARALLEL, -1),
  BUILT_IN_SINGLE(Kind.SINGLE, -1),
  BUILT_IN_ELASTIC(Kind.ELASTIC, -1),
  PARALLEL_ON_CURRENT_THREAD(Kind.PARALLEL, 0),
  PARALLEL_ON_ONE_WORKER(Kind.PARALLEL, 1),
  PARALLEL_ON_WORKERS(Kind.PARALLEL, 3),
  LANES_ON_WORKERS(Kind.LANES, 3),
  SINGLE_ON_CURRENT_THREAD(Kind.SINGLE, 0),
  SINGLE_ON_ONE_WORKER(Kind.SINGLE, 1),
  SINGLE_ON_WORKERS(Kind.SINGLE, 3),
  ELASTIC_ON_CURRENT_THREAD(Kind.ELASTIC, 0),
  ELASTIC_ON_WORKERS(Kind.ELASTIC, 3);

  static final int THREAD_CAP = 4;
  static final int QUEUED_TASK_CAP = 1000;

  enum Kind {
    PARALLEL,
    LANES,
    SINGLE,
    ELASTIC
  }

  final Kind kind;
  private final int workers;

  SchedulerSubject(Kind kind, int workers) {
    this.kind = kind;
    this.workers = workers;
  }

  boolean isBuiltIn() {
    return workers < 0;
  }

  boolean isSerial() {
    return kind == Kind.SINGLE;
  }

  /** Where schedulers come from, and what they run on. */
  Stage open() {
    return new Stage();
  }

  final class Stage implements AutoCloseable {
    private final @Nullable PolluxRuntime runtime;
    private final List<Scheduler> made = new ArrayList<>();

    private Stage() {
      if (workers < 0) {
        runtime = null;
      } else if (workers > 0) {
        runtime = PolluxRuntime.builder().workers(workers).multiThread();
      } else {
        PolluxRuntime driven = PolluxRuntime.currentThread();
        runtime = driven;
        Thread driver = new Thread(() -> drive(driven), "driver");
        driver.setDaemon(true);
        driver.start();
      }
    }

    private static void drive(PolluxRuntime runtime) {
      try {
        runtime.blockOn(Futures.pending());
      } catch (RuntimeShutdownException closed) {
        // as it should be
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    /** A new scheduler, not initialized. */
    Scheduler fresh() {
      Scheduler scheduler = runtime == null ? builtIn() : ours(runtime);
      made.add(scheduler);
      return scheduler;
    }

    /** A new scheduler, initialized. */
    Scheduler scheduler() {
      Scheduler scheduler = fresh();
      scheduler.init();
      return scheduler;
    }

    private Scheduler ours(PolluxRuntime runtime) {
      return switch (kind) {
        case PARALLEL -> PolluxScheduler.parallel(runtime);
        case LANES -> new RuntimeFactory(runtime).newParallel(2, NonBlockingThread::new);
        case SINGLE -> PolluxScheduler.single(runtime);
        case ELASTIC -> PolluxScheduler.boundedElastic(runtime, THREAD_CAP, QUEUED_TASK_CAP);
      };
    }

    private Scheduler builtIn() {
      Schedulers.Factory builtIn = new Schedulers.Factory() {};
      AtomicInteger number = new AtomicInteger();
      ThreadFactory factory =
          body -> new NonBlockingThread(body, "built-in-" + number.incrementAndGet());
      return switch (kind) {
        case PARALLEL, LANES -> builtIn.newParallel(2, factory);
        case SINGLE -> builtIn.newSingle(factory);
        case ELASTIC -> builtIn.newBoundedElastic(THREAD_CAP, QUEUED_TASK_CAP, factory, 60);
      };
    }

    @Override
    public void close() {
      made.forEach(Scheduler::dispose);
      if (runtime != null) {
        runtime.close();
      }
    }
  }

  /** A daemon that must not block. */
  static final class NonBlockingThread extends Thread implements NonBlocking {
    NonBlockingThread(Runnable body) {
      this(body, "non-blocking");
    }

    NonBlockingThread(Runnable body, String name) {
      super(body, name);
      setDaemon(true);
    }
  }
}
