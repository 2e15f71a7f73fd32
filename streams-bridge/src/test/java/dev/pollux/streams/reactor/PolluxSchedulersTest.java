package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A runtime as the schedulers of the whole application. */
@Timeout(60)
@SuppressWarnings("try") // an installation need not be named to be in force
class PolluxSchedulersTest {

  private final PolluxRuntime runtime =
      PolluxRuntime.builder().name("app").workers(2).multiThread();

  @AfterEach
  void close() {
    Schedulers.resetFactory();
    runtime.close();
  }

  private static String threadOf(Scheduler scheduler) {
    String name =
        Mono.fromCallable(() -> Thread.currentThread().getName()).subscribeOn(scheduler).block();
    assertThat(name).isNotNull();
    return name;
  }

  @Test
  void everySharedSchedulerRunsOnTheRuntimeUntilItIsClosed() {
    Scheduler before = Schedulers.parallel();
    try (PolluxSchedulers.Installation installed = PolluxSchedulers.install(runtime)) {
      assertThat(installed).hasToString("Installation[in force]");
      assertThat(threadOf(Schedulers.parallel())).startsWith("app-worker-");
      assertThat(threadOf(Schedulers.single())).startsWith("app-worker-");
      assertThat(threadOf(Schedulers.boundedElastic())).startsWith("app-blocking-");
      assertThat(Schedulers.parallel()).hasToString("Schedulers.parallel()");
      assertThat(threadOf(before)).startsWith("parallel-"); // it keeps its threads
    }
    assertThat(Schedulers.parallel()).isSameAs(before);
    assertThat(before.isDisposed()).isFalse();
    assertThat(threadOf(Schedulers.parallel())).startsWith("parallel-");
    assertThat(threadOf(Schedulers.single())).startsWith("single-");
    assertThat(threadOf(Schedulers.boundedElastic())).startsWith("boundedElastic-");
    assertThat(runtime.isClosed()).isFalse();
  }

  @Test
  void closeDisposesTheSharedSchedulersOfTheRuntime() {
    PolluxSchedulers.Installation installed = PolluxSchedulers.install(runtime);
    Scheduler parallel = Schedulers.parallel();
    Scheduler elastic = Schedulers.boundedElastic();
    parallel.dispose(); // as with the built-in, which nobody disposes by accident
    assertThat(parallel.isDisposed()).isFalse();
    installed.close();
    installed.close();
    assertThat(installed).hasToString("Installation[closed]");
    assertThat(parallel.isDisposed()).isTrue();
    assertThat(elastic.isDisposed()).isTrue();
  }

  @Test
  void everyNewSchedulerRunsOnTheRuntime() {
    try (PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      Scheduler parallel = Schedulers.newParallel("mine", 3);
      Scheduler single = Schedulers.newSingle("mine");
      Scheduler elastic = Schedulers.newBoundedElastic(2, 10, "mine", 30);
      assertThat(parallel).hasToString("parallel(3,\"mine\")");
      assertThat(single).hasToString("single(\"mine\")");
      assertThat(elastic)
          .hasToString("boundedElastic(\"mine\",maxThreads=2,maxTaskQueuedPerThread=10,ttl=30s)");
      assertThat(threadOf(parallel)).startsWith("app-worker-");
      assertThat(threadOf(single)).startsWith("app-worker-");
      assertThat(threadOf(elastic)).startsWith("app-blocking-");
      for (Scheduler each : List.of(parallel, single, elastic)) {
        each.dispose();
      }
    }
  }

  @Test
  void threadPerTaskSchedulerRunsOnTheBlockingPool() {
    Scheduler elastic =
        new RuntimeFactory(runtime).newThreadPerTaskBoundedElastic(2, 10, Thread::new);
    assertThat(elastic).hasToString("boundedElastic(maxThreads=2,maxTaskQueuedPerThread=10)");
    assertThat(threadOf(elastic)).startsWith("app-blocking-");
    elastic.dispose();
  }

  @Test
  void namesOfBuiltInSchedulersAreTheSame() {
    Schedulers.Factory builtIn = new Schedulers.Factory() {};
    Schedulers.Factory ours = new RuntimeFactory(runtime);
    AtomicReference<ThreadFactory> given = new AtomicReference<>();
    Schedulers.setFactory(
        new Schedulers.Factory() {
          @Override
          public Scheduler newSingle(ThreadFactory factory) {
            given.set(factory);
            return Schedulers.Factory.super.newSingle(factory);
          }
        });
    Schedulers.newSingle("mine").dispose();
    for (ThreadFactory factory : List.of(given.get(), (ThreadFactory) Thread::new)) {
      assertThat(ours.newParallel(3, factory)).hasToString(builtIn.newParallel(3, factory) + "");
      assertThat(ours.newSingle(factory)).hasToString(builtIn.newSingle(factory).toString());
      assertThat(ours.newBoundedElastic(2, Integer.MAX_VALUE, factory, 7))
          .hasToString(builtIn.newBoundedElastic(2, Integer.MAX_VALUE, factory, 7).toString());
    }
  }

  @Test
  void badLimitsAreRefusedAsByTheBuiltIn() {
    RuntimeFactory factory = new RuntimeFactory(runtime);
    assertThatThrownBy(() -> factory.newParallel(0, Thread::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n > 0 required but it was 0");
    assertThatThrownBy(() -> factory.newBoundedElastic(0, 1, Thread::new, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 0");
    assertThatThrownBy(() -> factory.newBoundedElastic(1, -1, Thread::new, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was -1");
    assertThatThrownBy(() -> factory.newBoundedElastic(1, 1, Thread::new, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was 0ms");
  }

  @Test
  void blockFailsAtOnceOnAWorkerAndNotOnThePool() {
    try (PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      Mono<Integer> blocking =
          Mono.fromCallable(() -> Mono.delay(Duration.ofMillis(1)).thenReturn(1).block());
      for (Scheduler scheduler : List.of(Schedulers.parallel(), Schedulers.single())) {
        assertThatThrownBy(() -> blocking.subscribeOn(scheduler).block())
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("blocking, which is not supported in thread app-worker-");
      }
      assertThat(blocking.subscribeOn(Schedulers.boundedElastic()).block()).isEqualTo(1);
      assertThat(blocking.block()).isEqualTo(1);
    }
  }

  @Test
  void workerMayBlockWhereItHasHandedItsTasksOn() throws Exception {
    try (PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      boolean blocks =
          runtime.blockOn(
              runtime.spawn(
                  Futures.lazy(() -> runtime.blockInPlace(Schedulers::isInNonBlockingThread))));
      assertThat(blocks).isFalse();
      assertThat(runtime.blockOn(runtime.spawn(Futures.lazy(Schedulers::isInNonBlockingThread))))
          .isTrue();
    }
  }

  @Test
  void predicateSaysNoOnceNothingIsInstalled() throws Exception {
    Thread worker =
        runtime.blockOn(
            runtime.spawn(
                Futures.lazy(
                    () -> {
                      assertThat(Schedulers.isInNonBlockingThread()).isFalse();
                      return Thread.currentThread();
                    })));
    try (PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      assertThat(Schedulers.isNonBlockingThread(worker)).isTrue();
      Schedulers.resetNonBlockingThreadPredicate();
      assertThat(Schedulers.isNonBlockingThread(worker)).isFalse();
      try (PolluxSchedulers.Installation again = PolluxSchedulers.install(runtime)) {
        assertThat(again).isNotNull();
        assertThat(Schedulers.isNonBlockingThread(worker)).isTrue(); // registered anew
      }
    }
    assertThat(Schedulers.isNonBlockingThread(worker)).isFalse();
  }

  @Test
  void otherPredicatesStay() {
    Thread marked = new Thread(() -> {});
    Schedulers.registerNonBlockingThreadPredicate(thread -> thread == marked);
    try {
      PolluxSchedulers.install(runtime).close();
      assertThat(Schedulers.isNonBlockingThread(marked)).isTrue();
    } finally {
      Schedulers.resetNonBlockingThreadPredicate();
    }
  }

  @Test
  void installationsNestAndAreClosedInAnyOrder() {
    try (PolluxRuntime second = PolluxRuntime.builder().name("second").workers(1).multiThread()) {
      PolluxSchedulers.Installation outer = PolluxSchedulers.install(runtime);
      Scheduler ofOuter = Schedulers.parallel();
      PolluxSchedulers.Installation inner = PolluxSchedulers.install(second);
      assertThat(threadOf(Schedulers.parallel())).startsWith("second-worker-");
      inner.close();
      assertThat(Schedulers.parallel()).isSameAs(ofOuter);
      assertThat(threadOf(Schedulers.parallel())).startsWith("app-worker-");

      inner = PolluxSchedulers.install(second);
      outer.close();
      assertThat(threadOf(Schedulers.parallel())).startsWith("second-worker-");
      assertThat(Schedulers.isInNonBlockingThread()).isFalse();
      inner.close();
      assertThat(ofOuter.isDisposed()).isTrue();
      assertThat(threadOf(Schedulers.parallel())).startsWith("parallel-");
    }
  }

  @Test
  void installationLeavesNothingBehind() throws Exception {
    WeakReference<PolluxRuntime> gone = installAndClose();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (gone.get() != null) {
      assertThat(System.nanoTime() - end).isNegative();
      System.gc();
    }
  }

  private static WeakReference<PolluxRuntime> installAndClose() {
    PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
    try (runtime;
        PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      assertThat(Flux.interval(Duration.ofMillis(1)).take(3).blockLast()).isEqualTo(2);
      assertThat(threadOf(Schedulers.boundedElastic())).contains("blocking");
    }
    return new WeakReference<>(runtime);
  }

  // ---- thread factories

  @Test
  void factoryIsAskedForOneThreadThatIsNeverStarted() {
    List<Thread> made = new CopyOnWriteArrayList<>();
    ThreadFactory factory =
        body -> {
          Thread thread = new SchedulerSubject.NonBlockingThread(body);
          made.add(thread);
          return thread;
        };
    Scheduler scheduler = new RuntimeFactory(runtime).newParallel(2, factory);
    assertThat(threadOf(scheduler)).startsWith("app-worker-");
    assertThat(made).hasSize(1);
    assertThat(made.get(0).getState()).isEqualTo(Thread.State.NEW);
    scheduler.dispose();
  }

  @Test
  void threadsThatMayBlockAreThoseOfThePool() {
    RuntimeFactory factory = new RuntimeFactory(runtime);
    for (Scheduler scheduler :
        List.of(factory.newParallel(2, Thread::new), factory.newSingle(Thread::new))) {
      assertThat(threadOf(scheduler)).startsWith("app-blocking-");
      scheduler.dispose();
    }
  }

  @Test
  void singleOnThePoolIsInOrderToo() {
    Scheduler single = new RuntimeFactory(runtime).newSingle(Thread::new);
    List<Integer> ran = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(200);
    Scheduler.Worker worker = single.createWorker();
    for (int i = 0; i < 200; i++) {
      int number = i;
      Runnable job =
          () -> {
            ran.add(number);
            done.countDown();
          };
      Disposable unused = i % 2 == 0 ? single.schedule(job) : worker.schedule(job);
    }
    await(done);
    for (int i = 0; i < 200; i++) {
      assertThat(ran.get(i)).isEqualTo(i);
    }
    single.dispose();
  }

  @Test
  void uncaughtHandlerOfTheFactoryHearsOfFailures() {
    AtomicReference<Throwable> heard = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    ThreadFactory factory =
        body -> {
          Thread thread = new SchedulerSubject.NonBlockingThread(body);
          thread.setUncaughtExceptionHandler(
              (on, failure) -> {
                heard.set(failure);
                done.countDown();
              });
          return thread;
        };
    Scheduler scheduler = new RuntimeFactory(runtime).newParallel(2, factory);
    IllegalStateException failure = new IllegalStateException("expected");
    AtomicReference<Thread.UncaughtExceptionHandler> before = new AtomicReference<>();
    AtomicReference<Thread.UncaughtExceptionHandler> after = new AtomicReference<>();
    AtomicReference<Thread> thread = new AtomicReference<>();
    Disposable unused =
        scheduler.schedule(
            () -> {
              thread.set(Thread.currentThread());
              before.set(Thread.currentThread().getUncaughtExceptionHandler());
              throw failure;
            });
    await(done);
    assertThat(heard.get()).isSameAs(failure);
    CountDownLatch looked = new CountDownLatch(1);
    unused =
        scheduler.schedule(
            () -> {
              after.set(thread.get().getUncaughtExceptionHandler());
              looked.countDown();
            });
    await(looked);
    assertThat(before.get()).isInstanceOf(ThreadGroup.class);
    scheduler.dispose();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  // ---- virtual time

  @Test
  void pausedClockDrivesIntervals() {
    CurrentThreadRuntime paused = PolluxRuntime.builder().pausedClock().currentThread();
    try (paused;
        PolluxSchedulers.Installation unused = PolluxSchedulers.install(paused)) {
      List<Long> ticks = new ArrayList<>();
      List<Long> delayed = new ArrayList<>();
      Disposable one = Flux.interval(Duration.ofHours(1)).subscribe(ticks::add);
      Disposable two =
          Flux.just(1L, 2L, 3L).delayElements(Duration.ofDays(1)).subscribe(delayed::add);
      long begin = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
      crank(paused, Duration.ZERO);
      assertThat(ticks).isEmpty();
      crank(paused, Duration.ofHours(1).minusMillis(1));
      assertThat(ticks).isEmpty();
      crank(paused, Duration.ofMillis(1));
      assertThat(ticks).containsExactly(0L);
      crank(paused, Duration.ofHours(23));
      assertThat(ticks).hasSize(24);
      assertThat(delayed).containsExactly(1L);
      crank(paused, Duration.ofDays(2));
      assertThat(delayed).containsExactly(1L, 2L); // the next delay began when the first was over
      crank(paused, Duration.ofDays(1));
      assertThat(delayed).containsExactly(1L, 2L, 3L);
      assertThat(Schedulers.parallel().now(TimeUnit.MILLISECONDS) - begin)
          .isEqualTo(Duration.ofDays(4).toMillis());
      assertThat(Schedulers.single().now(TimeUnit.HOURS) - TimeUnit.MILLISECONDS.toHours(begin))
          .isEqualTo(96);
      one.dispose();
      two.dispose();
    }
  }

  private static void crank(CurrentThreadRuntime runtime, Duration duration) {
    runtime.advance(duration);
    while (runtime.tryTick()) {
      // until nothing is ready
    }
  }

  @Test
  void pausedClockJumpsWhileSomebodyBlocks() throws Exception {
    CurrentThreadRuntime paused = PolluxRuntime.builder().pausedClock().currentThread();
    try (paused;
        PolluxSchedulers.Installation unused = PolluxSchedulers.install(paused)) {
      List<Long> ticks =
          paused.blockOn(
              Streams.fromCompletionStage(
                  Flux.interval(Duration.ofDays(1)).take(10).collectList().toFuture()));
      assertThat(ticks).hasSize(10);
    }
  }

  @Test
  void virtualTimeSchedulerTakesOverAndGoes() {
    try (PolluxSchedulers.Installation unused = PolluxSchedulers.install(runtime)) {
      StepVerifier.withVirtualTime(() -> Flux.interval(Duration.ofDays(1)).take(3))
          .thenAwait(Duration.ofDays(3))
          .expectNext(0L, 1L, 2L)
          .verifyComplete();
      VirtualTimeScheduler.reset();
    }
    assertThat(threadOf(Schedulers.parallel())).startsWith("parallel-");
    AtomicInteger ran = new AtomicInteger();
    Flux.range(0, 10).publishOn(Schedulers.parallel()).doOnNext(ran::addAndGet).blockLast();
    assertThat(ran).hasValue(45);
  }
}
