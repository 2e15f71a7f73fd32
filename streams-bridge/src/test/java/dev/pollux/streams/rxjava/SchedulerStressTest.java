package dev.pollux.streams.rxjava;

import static dev.pollux.streams.rxjava.Waiting.await;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that are scheduled on, disposed and shut down by several threads at once. */
@Tag("stress")
@Timeout(120)
class SchedulerStressTest {

  private static final long SEED = Long.getLong("pollux.seed", 42);

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 300);

  @RegisterExtension final Plugins plugins = new Plugins();

  /** What a dispose of the worker refuses is nobody's error, and no job is left undecided. */
  @ParameterizedTest
  @EnumSource
  void disposeOfAWorkerIsSilentAndEndsEveryJob(SchedulerLeakTest.Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      SplittableRandom random = new SplittableRandom(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        Scheduler.Worker worker = scheduler.createWorker();
        AtomicInteger ran = new AtomicInteger();
        int jobs = 1 + random.nextInt(30);
        int spin = random.nextInt(3_000);
        boolean timed = random.nextBoolean();
        CyclicBarrier start = new CyclicBarrier(2);
        List<Disposable> answers = new ArrayList<>();
        Thread other =
            new Thread(
                () -> {
                  meet(start);
                  for (int i = 0; i < spin; i++) {
                    Thread.onSpinWait();
                  }
                  worker.dispose();
                });
        other.start();
        meet(start);
        for (int i = 0; i < jobs; i++) {
          answers.add(
              timed && i % 2 == 0
                  ? worker.schedule(ran::incrementAndGet, i, MICROSECONDS)
                  : worker.schedule(ran::incrementAndGet));
        }
        other.join();
        assertThat(answers)
            .as("seed %s, round %s", SEED, round)
            .allMatch(Disposable::isDisposed);
        assertThat(worker.schedule(ran::incrementAndGet)).isSameAs(Disposable.disposed());
        assertThat(plugins.errors).as("seed %s, round %s", SEED, round).isEmpty();
      }
      await(() -> runtime.liveTasks() == 0);
    }
  }

  /** Every job either runs, or its disposable says that it won't. */
  @ParameterizedTest
  @EnumSource
  void everyJobRunsOrIsDisposed(SchedulerLeakTest.Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      SplittableRandom random = new SplittableRandom(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        Scheduler.Worker worker = scheduler.createWorker();
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger wanted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(2);
        for (int t = 0; t < 2; t++) {
          SplittableRandom mine = random.split();
          Thread thread =
              new Thread(
                  () -> {
                    meet(start);
                    for (int i = 0; i < 50; i++) {
                      boolean goes = mine.nextInt(3) == 0;
                      boolean direct = mine.nextInt(4) == 0;
                      long delay = mine.nextInt(3) == 0 ? mine.nextInt(300) : 0;
                      Runnable job = goes ? () -> {} : ran::incrementAndGet;
                      Disposable answer =
                          direct
                              ? scheduler.scheduleDirect(job, delay, MICROSECONDS)
                              : worker.schedule(job, delay, MICROSECONDS);
                      if (goes) {
                        answer.dispose();
                      } else {
                        wanted.incrementAndGet();
                      }
                    }
                  });
          threads.add(thread);
          thread.start();
        }
        for (Thread thread : threads) {
          thread.join();
        }
        await(() -> ran.get() == wanted.get());
        worker.dispose();
      }
      await(() -> runtime.liveTasks() == 0);
      assertThat(plugins.errors).isEmpty();
    }
  }

  /** Shutdowns and starts in the middle: nothing hangs, and the scheduler works after the last. */
  @ParameterizedTest
  @EnumSource
  void shutdownsInTheMiddleLeaveAWorkingScheduler(SchedulerLeakTest.Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      SplittableRandom random = new SplittableRandom(SEED);
      for (int round = 0; round < ROUNDS / 3; round++) {
        int spin = random.nextInt(5_000);
        CyclicBarrier start = new CyclicBarrier(2);
        Thread other =
            new Thread(
                () -> {
                  meet(start);
                  for (int i = 0; i < spin; i++) {
                    Thread.onSpinWait();
                  }
                  scheduler.shutdown();
                  scheduler.start();
                });
        other.start();
        meet(start);
        TestSubscriber<Integer> cut =
            Flowable.range(1, 1_000).subscribeOn(scheduler).observeOn(scheduler, false, 4).test();
        other.join();
        Flowable.range(1, 100)
            .subscribeOn(scheduler)
            .observeOn(scheduler, false, 4)
            .count()
            .test()
            .awaitDone(30, SECONDS)
            .assertResult(100L);
        cut.cancel();
      }
      await(() -> runtime.liveTasks() == 0);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, SECONDS);
    } catch (Exception stop) {
      throw new AssertionError(stop);
    }
  }
}
