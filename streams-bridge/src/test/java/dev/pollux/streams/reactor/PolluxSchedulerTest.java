package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What is special to a scheduler that is a runtime: its clock, its limits, its shutdown. */
@Timeout(60)
class PolluxSchedulerTest {

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void until(String what, BooleanSupplier fact) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.onSpinWait();
    }
  }

  private static void crank(CurrentThreadRuntime runtime) {
    while (runtime.tryTick()) {
      // until nothing is ready
    }
  }

  private static void advance(CurrentThreadRuntime runtime, long millis) {
    runtime.advance(Duration.ofMillis(millis));
    crank(runtime);
  }

  // ---- on a paused clock, step by step

  @Test
  void fixedRateKeepsItsMomentsWhateverTheRunsTake() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      PolluxScheduler scheduler = PolluxScheduler.parallel(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      long begin = scheduler.now(TimeUnit.NANOSECONDS);
      List<Long> moments = new ArrayList<>();
      Disposable job =
          worker.schedulePeriodically(
              () -> {
                moments.add((scheduler.now(TimeUnit.NANOSECONDS) - begin) / 1_000_000);
                if (moments.size() == 2) {
                  runtime.advance(Duration.ofMillis(25)); // a run that takes long
                }
              },
              5,
              10,
              TimeUnit.MILLISECONDS);
      for (int i = 0; i < 60; i++) {
        advance(runtime, 1);
      }
      assertThat(moments).startsWith(5L, 15L, 40L, 40L, 45L, 55L);
      job.dispose();
    }
  }

  @Test
  void jobWithoutAPauseLeavesOthersTheirTurn() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Scheduler.Worker worker = PolluxScheduler.parallel(runtime).createWorker();
      AtomicInteger runs = new AtomicInteger();
      List<Integer> seen = new ArrayList<>();
      Disposable job =
          worker.schedulePeriodically(
              () -> {
                if (runs.incrementAndGet() == 3) {
                  runtime.advance(Duration.ofMillis(1)); // so that it is later than the others
                  worker.schedule(() -> seen.add(runs.get()));
                }
              },
              0,
              0,
              TimeUnit.SECONDS);
      for (int i = 0; i < 5; i++) {
        assertThat(runtime.tryTick()).isTrue();
      }
      assertThat(seen).containsExactly(3);
      job.dispose();
    }
  }

  @Test
  void workersShareNothingAndASingleSharesAll() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      PolluxScheduler single = PolluxScheduler.single(runtime);
      Scheduler.Worker one = single.createWorker();
      Scheduler.Worker other = single.createWorker();
      List<String> ran = new ArrayList<>();
      one.schedule(() -> ran.add("one"));
      single.schedule(() -> ran.add("direct"));
      other.schedule(() -> ran.add("other"));
      one.schedule(() -> ran.add("one again"));
      Disposable dropped = other.schedule(() -> ran.add("dropped"));
      dropped.dispose();
      single.schedule(() -> ran.add("last"), 1, TimeUnit.MILLISECONDS);
      crank(runtime);
      advance(runtime, 1);
      assertThat(ran).containsExactly("one", "direct", "other", "one again", "last");
    }
  }

  // ---- jobs

  @Test
  void jobShowsItself() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().name("app").currentThread()) {
      PolluxScheduler scheduler = PolluxScheduler.parallel(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      Scannable job = Scannable.from(worker.schedule(() -> {}));
      assertThat(job.scan(Attr.PARENT)).isSameAs(worker);
      assertThat(job.name()).isEqualTo("parallel(1,\"app\").worker.job");
      assertThat(job.scan(Attr.TERMINATED)).isFalse();
      assertThat(Scannable.from(worker).scan(Attr.PARENT)).isSameAs(scheduler);
      crank(runtime);
      assertThat(job.scan(Attr.TERMINATED)).isTrue();
      Scannable direct = Scannable.from(scheduler.schedule(() -> {}));
      assertThat(direct.scan(Attr.PARENT)).isSameAs(scheduler);
    }
  }

  @Test
  void nullJobIsRefused() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.currentThread()) {
      PolluxScheduler scheduler = PolluxScheduler.parallel(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      Runnable none = none();
      assertThatThrownBy(() -> scheduler.schedule(none))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("task");
      assertThatThrownBy(() -> worker.schedule(none, 1, TimeUnit.DAYS))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("task");
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what is tested
  private static Runnable none() {
    return null;
  }

  @Test
  void hookThatThrowsIsReportedAndEndsAPeriodicJob() {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().pausedClock().currentThread()) {
      Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
      Thread.currentThread()
          .setUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
      AtomicInteger heard = new AtomicInteger();
      Schedulers.onHandleError(
          (thread, failure) -> {
            heard.incrementAndGet();
            throw new IllegalArgumentException("of the hook");
          });
      try {
        Disposable job =
            PolluxScheduler.parallel(runtime)
                .schedulePeriodically(
                    () -> {
                      throw new IllegalStateException("expected");
                    },
                    0,
                    1,
                    TimeUnit.MILLISECONDS);
        advance(runtime, 0);
        advance(runtime, 1);
        advance(runtime, 1);
        assertThat(heard).hasValue(1);
        assertThat(job.isDisposed()).isTrue();
      } finally {
        Schedulers.resetOnHandleError();
        Thread.currentThread()
            .setUncaughtExceptionHandler(before instanceof ThreadGroup ? null : before);
      }
      assertThat(uncaught).isNotEmpty();
    }
  }

  // ---- the runtime's limits and its end

  @Test
  void schedulerOfAClosedRuntimeRefusesAndEnds() {
    PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
    List<PolluxScheduler> schedulers =
        List.of(
            PolluxScheduler.parallel(runtime),
            PolluxScheduler.single(runtime),
            PolluxScheduler.boundedElastic(runtime));
    List<Scheduler.Worker> workers = new ArrayList<>();
    List<Disposable> pending = new ArrayList<>();
    for (PolluxScheduler scheduler : schedulers) {
      scheduler.init();
      Scheduler.Worker worker = scheduler.createWorker();
      workers.add(worker);
      pending.add(worker.schedule(() -> {}, 1, TimeUnit.DAYS));
      pending.add(scheduler.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS));
    }
    runtime.close();
    assertThat(pending).allMatch(Disposable::isDisposed);
    for (PolluxScheduler scheduler : schedulers) {
      assertThatThrownBy(() -> scheduler.schedule(() -> {}))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("is closed or full");
    }
    for (Scheduler.Worker worker : workers) {
      assertThatThrownBy(() -> worker.schedule(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
    }
    for (PolluxScheduler scheduler : schedulers) {
      scheduler.disposeGracefully().block(Duration.ofSeconds(30));
    }
  }

  @Test
  void schedulerMadeOnAClosedRuntimeRefuses() {
    PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
    PolluxScheduler scheduler = PolluxScheduler.boundedElastic(runtime);
    runtime.close();
    scheduler.init();
    assertThatThrownBy(() -> scheduler.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    scheduler.disposeGracefully().block(Duration.ofSeconds(30));
  }

  @Test
  void schedulerBeginsOnAFullRuntime() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).maxTasks(1).multiThread()) {
      JoinHandle<Void> only = runtime.spawn(Futures.pending());
      PolluxScheduler scheduler = PolluxScheduler.boundedElastic(runtime);
      scheduler.init();
      CountDownLatch ran = new CountDownLatch(1);
      assertThat(scheduler.schedule(ran::countDown)).isNotNull();
      await(ran);
      scheduler.disposeGracefully().block(Duration.ofSeconds(30));
      only.requestCancel();
    }
  }

  @Test
  void gracefulDisposalEndsIfTheRuntimeIsClosedMeanwhile() {
    PolluxRuntime runtime = PolluxRuntime.builder().workers(1).maxBlockingThreads(1).multiThread();
    PolluxScheduler scheduler = PolluxScheduler.boundedElastic(runtime, 2, 10);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    scheduler.schedule(
        () -> {
          begun.countDown();
          await(letGo);
        });
    await(begun);
    AtomicInteger ran = new AtomicInteger();
    scheduler.schedule(ran::incrementAndGet); // waits for the only thread, and is taken back
    CountDownLatch ended = new CountDownLatch(1);
    Disposable unused = scheduler.disposeGracefully().subscribe(null, null, ended::countDown);
    Thread closing = new Thread(runtime::close);
    closing.start();
    await(ended);
    letGo.countDown();
    until("closed", runtime::isClosed);
    assertThat(ran).hasValue(0);
  }

  @Test
  void disposalDoesNotCloseTheRuntime() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      PolluxScheduler one = PolluxScheduler.boundedElastic(runtime);
      PolluxScheduler other = PolluxScheduler.boundedElastic(runtime);
      one.init();
      other.init();
      one.dispose();
      assertThat(Mono.fromCallable(() -> 1).subscribeOn(other).block()).isEqualTo(1);
      other.disposeGracefully().block(Duration.ofSeconds(30));
      until("no task left", () -> runtime.liveTasks() == 0);
    }
  }

  @Test
  void workerGoesOnOnceAFullRuntimeHasRoomAgain() {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().maxTasks(1).currentThread()) {
      for (PolluxScheduler scheduler :
          List.of(PolluxScheduler.parallel(runtime), PolluxScheduler.single(runtime))) {
        Scheduler.Worker worker = scheduler.createWorker();
        AtomicInteger ran = new AtomicInteger();
        var taken = runtime.spawn(dev.pollux.core.Futures.pending());
        assertThatThrownBy(() -> worker.schedule(ran::incrementAndGet))
            .isInstanceOf(RejectedExecutionException.class);
        assertThat(Scannable.from(worker).scan(Attr.BUFFERED)).isZero();
        taken.requestCancel();
        crank(runtime);
        worker.schedule(ran::incrementAndGet);
        crank(runtime);
        assertThat(ran).hasValue(1);
        scheduler.dispose();
      }
    }
  }

  @Test
  void jobOfAWorkerThatIsIdleHoldsNoThread() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      PolluxScheduler elastic = PolluxScheduler.boundedElastic(runtime, 1, 1000);
      CountDownLatch done = new CountDownLatch(200);
      for (int i = 0; i < 200; i++) { // all on one thread, and none waits for another
        Scheduler.Worker worker = elastic.createWorker();
        worker.schedule(done::countDown, 5, TimeUnit.MILLISECONDS);
      }
      await(done);
      until("no thread", () -> Scannable.from(elastic).scan(Attr.BUFFERED) == 0);
      elastic.dispose();
    }
  }

  @Test
  void nestedSubscriptionsOnOneThreadDoNotWaitForEachOther() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      PolluxScheduler elastic = PolluxScheduler.boundedElastic(runtime, 1, 1000);
      Mono<Integer> nested =
          Mono.defer(
                  () ->
                      Flux.range(0, 10)
                          .flatMap(i -> Mono.fromCallable(() -> i).subscribeOn(elastic))
                          .publishOn(elastic)
                          .reduce(0, Integer::sum))
              .subscribeOn(elastic);
      assertThat(nested.block(Duration.ofSeconds(30))).isEqualTo(45);
      elastic.dispose();
    }
  }

  // ---- leaks

  @Test
  void hundredThousandDelayedJobsThatAreDisposedLeaveNothing() {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (PolluxScheduler scheduler :
          List.of(
              PolluxScheduler.parallel(runtime),
              PolluxScheduler.single(runtime),
              PolluxScheduler.boundedElastic(runtime, 4, Integer.MAX_VALUE))) {
        Scheduler.Worker worker = scheduler.createWorker();
        List<WeakReference<Object>> captured = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
          schedulesAndDisposes(scheduler, worker, captured);
        }
        until("no job of the worker", () -> Scannable.from(worker).scan(Attr.BUFFERED) == 0);
        // Those without a worker are tasks of their own; what is left is at most the watch.
        until("no task", () -> runtime.liveTasks() <= 1);
        collected(captured);
        worker.dispose();
        scheduler.dispose();
      }
      until("nothing left", () -> runtime.liveTasks() == 0);
    }
  }

  private static void schedulesAndDisposes(
      Scheduler scheduler, Scheduler.Worker worker, List<WeakReference<Object>> captured) {
    List<Disposable> jobs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Object user = new Object();
      captured.add(new WeakReference<>(user));
      Runnable body = () -> use(user);
      jobs.add(
          i % 10 == 0
              ? scheduler.schedule(body, 1, TimeUnit.DAYS)
              : worker.schedule(body, 1, TimeUnit.DAYS));
    }
    jobs.forEach(Disposable::dispose);
  }

  private static void use(Object user) {
    assertThat(user).isNotNull();
  }

  private static void collected(List<WeakReference<Object>> captured) {
    until(
        "collected",
        () -> {
          System.gc();
          return captured.stream().allMatch(each -> each.get() == null);
        });
  }

  @Test
  void disposedWorkerKeepsNothing() {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      List<PolluxScheduler> schedulers =
          List.of(
              PolluxScheduler.parallel(runtime),
              PolluxScheduler.single(runtime),
              PolluxScheduler.boundedElastic(runtime, 4, 1000));
      List<Disposable> kept = new ArrayList<>(); // jobs and workers may be kept, and keep nothing
      List<WeakReference<Object>> captured = new ArrayList<>();
      for (PolluxScheduler scheduler : schedulers) {
        Scheduler.Worker worker = scheduler.createWorker();
        kept.add(worker);
        for (int i = 0; i < 100; i++) {
          Object user = new Object();
          captured.add(new WeakReference<>(user));
          kept.add(
              i % 3 == 0
                  ? worker.schedule(() -> use(user))
                  : i % 3 == 1
                      ? worker.schedule(() -> use(user), 1, TimeUnit.DAYS)
                      : worker.schedulePeriodically(() -> use(user), 1, 1, TimeUnit.DAYS));
        }
        worker.dispose();
      }
      assertThat(kept).allMatch(Disposable::isDisposed);
      collected(captured);
      assertThat(kept).isNotEmpty();
      schedulers.forEach(Scheduler::dispose);
    }
  }

  @Test
  void disposedSchedulerKeepsNothing() {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      List<WeakReference<Object>> captured = new ArrayList<>();
      AtomicBoolean isDisposed = new AtomicBoolean(true);
      for (PolluxScheduler scheduler :
          List.of(
              PolluxScheduler.parallel(runtime),
              PolluxScheduler.single(runtime),
              PolluxScheduler.boundedElastic(runtime))) {
        for (int i = 0; i < 100; i++) {
          Object user = new Object();
          captured.add(new WeakReference<>(user));
          scheduler.createWorker().schedule(() -> use(user), 1, TimeUnit.DAYS);
          scheduler.schedule(() -> use(user), 1, TimeUnit.DAYS);
        }
        scheduler.dispose();
        isDisposed.compareAndSet(true, scheduler.isDisposed());
      }
      assertThat(isDisposed).isTrue();
      until("no task", () -> runtime.liveTasks() == 0);
      collected(captured);
    }
  }
}
