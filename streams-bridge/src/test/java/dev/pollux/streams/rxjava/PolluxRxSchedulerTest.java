package dev.pollux.streams.rxjava;

import static dev.pollux.streams.rxjava.Waiting.await;
import static dev.pollux.streams.rxjava.Waiting.awaitQuietly;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Time;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.schedulers.Timed;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is ours alone: virtual time, where jobs run, and the end of the runtime. */
@Timeout(60)
class PolluxRxSchedulerTest {

  private static final List<Function<PolluxRuntime, PolluxRxScheduler>> KINDS =
      List.of(
          PolluxRxScheduler::computation,
          PolluxRxScheduler::io,
          PolluxRxScheduler::newThread,
          PolluxRxScheduler::single);

  @RegisterExtension final Plugins plugins = new Plugins();

  // ---- virtual time

  @Test
  void pausedClockIsDrivenByHandAsATestSchedulerIs() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      for (Function<PolluxRuntime, PolluxRxScheduler> kind :
          List.<Function<PolluxRuntime, PolluxRxScheduler>>of(
              PolluxRxScheduler::computation, PolluxRxScheduler::single)) {
        Scheduler scheduler = kind.apply(runtime);
        TestSubscriber<Long> ticks = Flowable.interval(10, SECONDS, scheduler).test();
        TestSubscriber<String> delayed = Flowable.just("late").delay(25, SECONDS, scheduler).test();
        TestSubscriber<Object> timedOut = Flowable.never().timeout(30, SECONDS, scheduler).test();
        advance(runtime, Duration.ofMillis(9_999));
        ticks.assertEmpty();
        advance(runtime, Duration.ofMillis(1));
        ticks.assertValues(0L);
        advance(runtime, Duration.ofSeconds(14));
        ticks.assertValues(0L, 1L);
        delayed.assertEmpty();
        advance(runtime, Duration.ofSeconds(1));
        delayed.assertResult("late");
        timedOut.assertEmpty();
        advance(runtime, Duration.ofSeconds(5));
        timedOut.assertFailure(TimeoutException.class);
        ticks.assertValues(0L, 1L, 2L);
        ticks.cancel();
        drain(runtime);
      }
      assertThat(runtime.liveTasks()).isZero();
    }
  }

  @Test
  void pausedClockJumpsByItselfOverHours() throws Exception {
    for (int workers = 0; workers < 3; workers++) {
      try (PolluxRuntime runtime =
          workers == 0
              ? PolluxRuntime.builder().pausedClock().currentThread()
              : PolluxRuntime.builder().pausedClock().workers(workers).multiThread()) {
        for (Function<PolluxRuntime, PolluxRxScheduler> kind : KINDS) {
          Scheduler scheduler = kind.apply(runtime);
          long from = scheduler.now(SECONDS);
          TestSubscriber<Long> ticks =
              Flowable.interval(1, HOURS, scheduler)
                  .take(24)
                  .map(tick -> scheduler.now(SECONDS) - from)
                  .test();
          runtime.blockOn(Time.sleep(Duration.ofHours(25)));
          ticks.awaitDone(30, SECONDS).assertComplete().assertValueCount(24);
          assertThat(ticks.values().get(0)).isEqualTo(HOURS.toSeconds(1));
          assertThat(ticks.values().get(23)).isEqualTo(HOURS.toSeconds(24));
        }
      }
    }
  }

  @Test
  void nowIsTheTimeSinceTheStartOnAPausedClock() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Scheduler one = PolluxRxScheduler.computation(runtime);
      runtime.advance(Duration.ofSeconds(5));
      Scheduler other = PolluxRxScheduler.io(runtime);
      assertThat(one.now(NANOSECONDS)).isEqualTo(SECONDS.toNanos(5));
      assertThat(other.now(SECONDS)).isEqualTo(5);
      assertThat(one.createWorker().now(MILLISECONDS)).isEqualTo(5_000);
      one.shutdown();
      assertThat(one.createWorker().now(MILLISECONDS)).isEqualTo(5_000);
      TestSubscriber<Timed<Integer>> timed = Flowable.just(1).timestamp(one).test();
      timed.assertValue(new Timed<>(1, 5_000, MILLISECONDS));
    }
  }

  @Test
  void workersPeriodIsRebasedWhenTheClockHasJumped() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Scheduler.Worker worker = PolluxRxScheduler.computation(runtime).createWorker();
      List<Long> ranAt = new ArrayList<>();
      worker.schedulePeriodically(() -> ranAt.add(worker.now(SECONDS)), 1, 1, MINUTES);
      advance(runtime, Duration.ofMinutes(1));
      advance(runtime, Duration.ofMinutes(5)); // within the tolerance: what was missed is made up
      assertThat(ranAt).containsExactly(60L, 360L, 360L, 360L, 360L, 360L);
      ranAt.clear();
      advance(runtime, Duration.ofMinutes(20)); // beyond it: the period starts from there
      assertThat(ranAt).containsExactly(26 * 60L);
      advance(runtime, Duration.ofSeconds(59));
      assertThat(ranAt).hasSize(1);
      advance(runtime, Duration.ofSeconds(1));
      assertThat(ranAt).containsExactly(26 * 60L, 27 * 60L);
      worker.dispose();
    }
  }

  @Test
  void directPeriodIsOfAFixedRate() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Scheduler scheduler = PolluxRxScheduler.computation(runtime);
      List<Long> ranAt = new ArrayList<>();
      Disposable job =
          scheduler.schedulePeriodicallyDirect(
              () -> ranAt.add(scheduler.now(SECONDS)), 5, 10, SECONDS);
      advance(runtime, Duration.ofSeconds(7));
      advance(runtime, Duration.ofSeconds(20));
      advance(runtime, Duration.ofSeconds(8));
      assertThat(ranAt).containsExactly(7L, 27L, 27L, 35L);
      job.dispose();
      advance(runtime, Duration.ofHours(1));
      assertThat(ranAt).hasSize(4);
    }
  }

  @Test
  void farthestDelayNeverComes() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Scheduler scheduler = PolluxRxScheduler.computation(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      AtomicInteger ran = new AtomicInteger();
      worker.schedule(ran::incrementAndGet, Long.MAX_VALUE, NANOSECONDS);
      scheduler.scheduleDirect(ran::incrementAndGet, Long.MAX_VALUE, HOURS);
      advance(runtime, Duration.ofDays(365));
      assertThat(ran).hasValue(0);
      worker.schedule(ran::incrementAndGet);
      drain(runtime);
      assertThat(ran).hasValue(1);
    }
  }

  // ---- where jobs run

  @Test
  void jobsRunOnWorkersOrOnTheBlockingPool() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("here").workers(2).multiThread()) {
      assertThat(threadOf(PolluxRxScheduler.computation(runtime))).startsWith("here-worker");
      assertThat(threadOf(PolluxRxScheduler.single(runtime))).startsWith("here-worker");
      assertThat(threadOf(PolluxRxScheduler.io(runtime))).startsWith("here-blocking");
      assertThat(threadOf(PolluxRxScheduler.newThread(runtime))).startsWith("here-blocking");
    }
  }

  @Test
  void blockedIoWorkersDoNotHoldUpTheRuntime() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      Scheduler io = PolluxRxScheduler.io(runtime);
      CountDownLatch blocked = new CountDownLatch(20);
      CountDownLatch go = new CountDownLatch(1);
      for (int i = 0; i < 20; i++) {
        io.createWorker()
            .schedule(
                () -> {
                  blocked.countDown();
                  awaitQuietly(go);
                });
      }
      await(blocked);
      CountDownLatch done = new CountDownLatch(1);
      PolluxRxScheduler.computation(runtime).scheduleDirect(done::countDown, 1, MILLISECONDS);
      await(done);
      go.countDown();
    }
  }

  @Test
  void workerThatWaitsHoldsNoThread() throws Exception {
    try (CurrentThreadRuntime runtime =
        PolluxRuntime.builder().pausedClock().maxBlockingThreads(1).currentThread()) {
      Scheduler io = PolluxRxScheduler.io(runtime);
      List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
      for (int i = 1; i <= 50; i++) {
        int number = i;
        io.createWorker().schedule(() -> ran.add(number), i, SECONDS);
      }
      runtime.blockOn(Time.sleep(Duration.ofMinutes(1)));
      await(() -> ran.size() == 50);
      assertThat(ran).isSorted();
    }
  }

  @Test
  void idleWorkersHaveNoTask() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (Function<PolluxRuntime, PolluxRxScheduler> kind : KINDS) {
        Scheduler scheduler = kind.apply(runtime);
        assertThat(runtime.liveTasks()).isZero();
        Scheduler.Worker worker = scheduler.createWorker();
        CountDownLatch done = new CountDownLatch(2);
        worker.schedule(done::countDown);
        worker.schedule(done::countDown, 2, MILLISECONDS);
        Disposable later = worker.schedule(() -> {}, 1, HOURS);
        await(done);
        assertThat(later.isDisposed()).isFalse();
        await(() -> runtime.liveTasks() == 1);
        later.dispose();
        await(() -> runtime.liveTasks() == 0);
      }
    }
  }

  @Test
  void namesAreForPeople() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("here").currentThread()) {
      PolluxRxScheduler scheduler = PolluxRxScheduler.newThread(runtime);
      assertThat(scheduler).hasToString("PolluxRxScheduler[newThread on here]");
      Scheduler.Worker worker = scheduler.createWorker();
      assertThat(worker).hasToString("Worker of PolluxRxScheduler[newThread on here]");
      worker.dispose();
      assertThat(worker).hasToString("Worker of PolluxRxScheduler[newThread on here], disposed");
    }
    assertThatThrownBy(() -> PolluxRxScheduler.io(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("runtime");
  }

  // ---- the end

  @Test
  void shutdownLeavesTheRuntime() throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      for (Function<PolluxRuntime, PolluxRxScheduler> kind : KINDS) {
        Scheduler scheduler = kind.apply(runtime);
        Scheduler.Worker worker = scheduler.createWorker();
        worker.schedule(() -> {}, 1, HOURS);
        scheduler.scheduleDirect(() -> {}, 1, HOURS);
        scheduler.schedulePeriodicallyDirect(() -> {}, 1, 1, HOURS);
        scheduler.shutdown();
        await(() -> runtime.liveTasks() == 0);
        assertThat(runtime.isClosed()).isFalse();
      }
    }
  }

  @Test
  void closedRuntimeRejects() throws Exception {
    for (Function<PolluxRuntime, PolluxRxScheduler> kind : KINDS) {
      plugins.errors.clear();
      MultiThreadRuntime runtime =
          PolluxRuntime.builder().workers(1).maxBlockingThreads(1).multiThread();
      Scheduler scheduler = kind.apply(runtime);
      Scheduler.Worker idle = scheduler.createWorker();
      Scheduler.Worker waiting = scheduler.createWorker();
      Scheduler.Worker queued = scheduler.createWorker();
      AtomicInteger ran = new AtomicInteger();
      Disposable later = waiting.schedule(ran::incrementAndGet, 1, HOURS);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      scheduler.scheduleDirect(
          () -> {
            begun.countDown();
            awaitQuietly(go);
          });
      await(begun);
      queued.schedule(ran::incrementAndGet);
      Thread closing = new Thread(runtime::close);
      closing.start();
      if (threadIsOfThePool(scheduler)) {
        await(() -> later.isDisposed()); // the worker is free to cancel it
      }
      go.countDown();
      closing.join();
      assertThat(later.isDisposed()).isTrue();
      int before = ran.get();
      assertThat(before).isLessThan(2); // what was queued, perhaps
      int rejected = 0;
      plugins.errors.clear();
      for (Scheduler.Worker worker : List.of(idle, waiting, queued)) {
        assertThat(worker.schedule(ran::incrementAndGet)).isSameAs(Disposable.disposed());
        assertThat(worker.schedule(ran::incrementAndGet, 1, SECONDS))
            .isSameAs(Disposable.disposed());
        assertThat(worker.schedulePeriodically(ran::incrementAndGet, 1, 1, SECONDS))
            .isSameAs(Disposable.disposed());
        rejected += 3;
      }
      assertThat(scheduler.scheduleDirect(ran::incrementAndGet)).isSameAs(Disposable.disposed());
      assertThat(scheduler.schedulePeriodicallyDirect(ran::incrementAndGet, 0, 1, SECONDS))
          .isSameAs(Disposable.disposed());
      rejected += 2;
      assertThat(plugins.errors)
          .hasSize(rejected)
          .allMatch(error -> error.getCause() instanceof RejectedExecutionException);
      assertThat(ran).hasValue(before);
      scheduler.shutdown();
    }
  }

  private static boolean threadIsOfThePool(Scheduler scheduler) {
    return scheduler.toString().matches(".*\\[(io|newThread) on.*");
  }

  private static String threadOf(Scheduler scheduler) throws InterruptedException {
    String[] name = {""};
    CountDownLatch done = new CountDownLatch(1);
    scheduler.scheduleDirect(
        () -> {
          name[0] = Thread.currentThread().getName();
          done.countDown();
        });
    await(done);
    return name[0];
  }

  private static void advance(CurrentThreadRuntime runtime, Duration duration) {
    drain(runtime); // what was scheduled is to wait from now on
    runtime.advance(duration);
    drain(runtime);
  }

  private static void drain(CurrentThreadRuntime runtime) {
    while (runtime.tryTick()) {
      // until nothing is ready
    }
  }
}
