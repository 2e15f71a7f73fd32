package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Several threads schedule and dispose, until the scheduler is disposed in the midst of it. */
@Timeout(120)
class SchedulerStressTest {

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 40);
  private static final int THREADS = 3;
  private static final int STEPS = 150;

  private enum Kind {
    PARALLEL,
    LANES,
    SINGLE,
    ELASTIC
  }

  /** A job that counts its runs, and whether two of its worker were at it at once. */
  private static final class Counted implements Runnable {
    final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger inside;
    private final AtomicInteger overlaps;

    Counted(AtomicInteger inside, AtomicInteger overlaps) {
      this.inside = inside;
      this.overlaps = overlaps;
    }

    @Override
    public void run() {
      if (inside.getAndIncrement() != 0) {
        overlaps.incrementAndGet();
      }
      runs.incrementAndGet();
      inside.decrementAndGet();
    }
  }

  private record Given(
      Counted job, Disposable disposable, boolean disposed, Scheduler.Worker worker) {}

  @ParameterizedTest
  @EnumSource
  void everyJobRunsOnceOrIsDisposed(Kind kind) throws Exception {
    long seed = System.nanoTime();
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(3).multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        round(kind, runtime, new Random(seed + round), "seed " + seed + ", round " + round);
      }
      until("no task is left, seed " + seed, () -> runtime.liveTasks() == 0);
    }
  }

  private static void round(Kind kind, PolluxRuntime runtime, Random random, String which)
      throws Exception {
    Scheduler scheduler = scheduler(kind, runtime);
    scheduler.init();
    boolean gracefully = random.nextBoolean();
    int end = random.nextInt(THREADS * STEPS);
    AtomicInteger steps = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<List<Given>> given = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      List<Given> mine = new ArrayList<>();
      given.add(mine);
      Random own = new Random(random.nextLong());
      Thread thread =
          new Thread(
              () -> {
                Scheduler.Worker worker = scheduler.createWorker();
                AtomicInteger inside = new AtomicInteger();
                for (int i = 0; i < STEPS; i++) {
                  if (steps.getAndIncrement() == end) {
                    if (gracefully) {
                      Disposable unused = scheduler.disposeGracefully().subscribe();
                    } else {
                      scheduler.dispose();
                    }
                  }
                  if (own.nextInt(20) == 0) {
                    worker.dispose();
                    worker = scheduler.createWorker();
                    inside = new AtomicInteger();
                  }
                  step(scheduler, worker, own, new Counted(inside, overlaps), mine);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    scheduler.disposeGracefully().block(Duration.ofSeconds(60));
    assertThat(overlaps).as(which).hasValue(0);
    for (List<Given> mine : given) {
      for (Given each : mine) {
        int runs = each.job.runs.get();
        assertThat(runs).as(which).isBetween(0, 1);
        assertThat(each.disposable.isDisposed()).as(which).isTrue();
        if (gracefully && !each.disposed && !each.worker.isDisposed()) {
          assertThat(runs).as(which).isEqualTo(1);
        }
      }
    }
  }

  private static void step(
      Scheduler scheduler, Scheduler.Worker worker, Random own, Counted job, List<Given> mine) {
    try {
      long delay = own.nextInt(3);
      boolean direct = own.nextInt(4) == 0;
      Counted counted = direct ? new Counted(new AtomicInteger(), job.overlaps) : job;
      Disposable disposable;
      if (direct) {
        disposable = scheduler.schedule(counted, delay, TimeUnit.MILLISECONDS);
      } else if (own.nextInt(3) == 0) {
        disposable = worker.schedule(counted, delay, TimeUnit.MILLISECONDS);
      } else {
        disposable = worker.schedule(counted);
      }
      boolean disposed = own.nextInt(3) == 0;
      if (disposed) {
        disposable.dispose();
      }
      mine.add(new Given(counted, disposable, disposed, worker));
    } catch (RejectedExecutionException over) {
      assertThat(over).isNotNull(); // the scheduler is
    }
  }

  private static Scheduler scheduler(Kind kind, PolluxRuntime runtime) {
    return switch (kind) {
      case PARALLEL -> PolluxScheduler.parallel(runtime);
      case LANES ->
          new RuntimeFactory(runtime).newParallel(2, SchedulerSubject.NonBlockingThread::new);
      case SINGLE -> PolluxScheduler.single(runtime);
      case ELASTIC -> PolluxScheduler.boundedElastic(runtime, 2, 1000);
    };
  }

  private static void until(String what, java.util.function.BooleanSupplier fact) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.onSpinWait();
    }
  }
}
