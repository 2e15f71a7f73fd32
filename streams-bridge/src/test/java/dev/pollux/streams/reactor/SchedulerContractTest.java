package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What Reactor says of a scheduler, its workers and the disposables that they answer. Run over the
 * built-in schedulers as well, so that it is known to describe them.
 */
@Timeout(60)
class SchedulerContractTest {

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    Schedulers.resetOnHandleError();
    Schedulers.resetOnScheduleHooks();
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  private SchedulerSubject.Stage open(SchedulerSubject subject) {
    SchedulerSubject.Stage stage = subject.open();
    opened.add(stage);
    return stage;
  }

  private Scheduler scheduler(SchedulerSubject subject) {
    return open(subject).scheduler();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Waits for a fact that comes soon, without an event to wait for. */
  private static void until(String what, java.util.function.BooleanSupplier fact) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.onSpinWait();
    }
  }

  private static void settle(Scheduler.Worker worker) {
    CountDownLatch done = new CountDownLatch(1);
    Disposable unused = worker.schedule(done::countDown);
    await(done);
  }

  /** A job that has begun, and ends when it is let go or interrupted. */
  private static final class Held implements Runnable {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);
    final CountDownLatch over = new CountDownLatch(1);
    final AtomicBoolean interrupted = new AtomicBoolean();

    @Override
    public void run() {
      begun.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        interrupted.set(true);
      }
      over.countDown();
    }
  }

  // ---- life

  @ParameterizedTest
  @EnumSource
  void schedulerThatWasNotInitializedIsNotDisposed(SchedulerSubject subject) {
    assertThat(open(subject).fresh().isDisposed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void initMayBeCalledAgain(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    scheduler.init();
    assertThat(scheduler.isDisposed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void initAfterDisposeIsRefused(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    scheduler.dispose();
    scheduler.dispose();
    assertThat(scheduler.isDisposed()).isTrue();
    assertThatThrownBy(scheduler::init).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void initAfterGracefulDisposalIsRefused(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    scheduler.disposeGracefully().block(Duration.ofSeconds(30));
    assertThat(scheduler.isDisposed()).isTrue();
    assertThatThrownBy(scheduler::init).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("deprecation")
  void startBeginsAnewAfterDispose(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    for (int i = 0; i < 3; i++) {
      scheduler.dispose();
      scheduler.start();
      assertThat(scheduler.isDisposed()).isFalse();
      CountDownLatch ran = new CountDownLatch(1);
      Disposable unused = scheduler.schedule(ran::countDown);
      await(ran);
    }
  }

  @ParameterizedTest
  @EnumSource
  void schedulerThatIsDisposedBeforeItBeganIsDisposed(SchedulerSubject subject) {
    Scheduler scheduler = open(subject).fresh();
    scheduler.dispose();
    if (subject.kind != SchedulerSubject.Kind.SINGLE || !subject.isBuiltIn()) {
      if (subject != SchedulerSubject.BUILT_IN_ELASTIC) { // those two can't tell it from the start
        assertThat(scheduler.isDisposed()).isTrue();
      }
    }
    assertThatThrownBy(() -> scheduler.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  // ---- refusals

  @ParameterizedTest
  @EnumSource
  void disposedSchedulerRefuses(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker early = scheduler.createWorker();
    scheduler.dispose();
    Scheduler.Worker late = scheduler.createWorker();
    assertThatThrownBy(() -> scheduler.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> scheduler.schedule(() -> {}, 1, TimeUnit.DAYS))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> scheduler.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS))
        .isInstanceOf(RejectedExecutionException.class);
    for (Scheduler.Worker worker : List.of(early, late)) {
      assertThatThrownBy(() -> worker.schedule(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedWorkerThrowsTheOneInstance(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    assertThat(worker.isDisposed()).isFalse();
    worker.dispose();
    worker.dispose();
    assertThat(worker.isDisposed()).isTrue();
    RejectedExecutionException only = Exceptions.failWithRejected();
    assertThatThrownBy(() -> worker.schedule(() -> {})).isSameAs(only);
    assertThatThrownBy(() -> worker.schedule(() -> {}, 1, TimeUnit.DAYS)).isSameAs(only);
    assertThatThrownBy(() -> worker.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS))
        .isSameAs(only);
    assertThatThrownBy(() -> worker.schedulePeriodically(() -> {}, 0, 0, TimeUnit.DAYS))
        .isSameAs(only);
  }

  // ---- order

  @ParameterizedTest
  @EnumSource
  void workerRunsInOrderAndOneAtATime(SchedulerSubject subject) throws Exception {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    List<int[]> ran = new ArrayList<>(); // by one job at a time, so it needs no lock
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<Thread> threads =
        IntStream.range(0, 2)
            .mapToObj(
                t ->
                    new Thread(
                        () -> {
                          for (int i = 0; i < 400; i++) {
                            int[] job = {t, i};
                            Disposable unused =
                                worker.schedule(
                                    () -> {
                                      if (inside.getAndIncrement() != 0) {
                                        overlaps.incrementAndGet();
                                      }
                                      ran.add(job);
                                      inside.decrementAndGet();
                                    });
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    settle(worker);
    assertThat(overlaps).hasValue(0);
    assertThat(ran).hasSize(800);
    int[] next = new int[2];
    for (int[] job : ran) {
      assertThat(job[1]).isEqualTo(next[job[0]]++);
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobsOfOneDelayRunInTheOrderInWhichTheyWereGiven(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    List<Integer> ran = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      int number = i;
      Disposable unused =
          worker.schedule(
              () -> {
                ran.add(number);
                done.countDown();
              },
              20,
              TimeUnit.MILLISECONDS);
    }
    await(done);
    assertThat(ran).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource
  void shorterDelayComesFirst(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    List<String> ran = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(3);
    for (int delay : new int[] {120, 60, 0}) {
      Disposable unused =
          worker.schedule(
              () -> {
                ran.add("" + delay);
                done.countDown();
              },
              delay,
              TimeUnit.MILLISECONDS);
    }
    await(done);
    assertThat(ran).containsExactly("0", "60", "120");
  }

  @ParameterizedTest
  @EnumSource
  void delayIsNeverCutShort(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    CountDownLatch done = new CountDownLatch(2);
    long begin = System.nanoTime();
    Disposable unused = scheduler.schedule(done::countDown, 20, TimeUnit.MILLISECONDS);
    unused = scheduler.createWorker().schedule(done::countDown, 20, TimeUnit.MILLISECONDS);
    await(done);
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void delayThatIsNotPositiveIsNone(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    CountDownLatch done = new CountDownLatch(6);
    for (long delay : new long[] {0, -1, Long.MIN_VALUE}) {
      Disposable unused = scheduler.schedule(done::countDown, delay, TimeUnit.HOURS);
      unused = worker.schedule(done::countDown, delay, TimeUnit.HOURS);
    }
    await(done);
  }

  @ParameterizedTest
  @EnumSource
  void delayOfAgesNeverComes(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    AtomicInteger ran = new AtomicInteger();
    Disposable job =
        worker.schedule(ran::incrementAndGet, Long.MAX_VALUE / 2, TimeUnit.NANOSECONDS);
    settle(worker);
    assertThat(job.isDisposed()).isFalse();
    assertThat(ran).hasValue(0);
  }

  // ---- periodic

  @ParameterizedTest
  @EnumSource
  void periodicJobRunsAgainAndAgain(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    CountDownLatch direct = new CountDownLatch(5);
    CountDownLatch ofWorker = new CountDownLatch(5);
    Disposable one = scheduler.schedulePeriodically(direct::countDown, 1, 1, TimeUnit.MILLISECONDS);
    Disposable two =
        scheduler
            .createWorker()
            .schedulePeriodically(ofWorker::countDown, 0, 1, TimeUnit.MILLISECONDS);
    await(direct);
    await(ofWorker);
    assertThat(one.isDisposed()).isFalse();
    assertThat(two.isDisposed()).isFalse();
    one.dispose();
    two.dispose();
    assertThat(one.isDisposed()).isTrue();
    assertThat(two.isDisposed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void periodIsAFixedRate(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    CountDownLatch done = new CountDownLatch(11);
    long begin = System.nanoTime();
    Disposable job = scheduler.schedulePeriodically(done::countDown, 0, 10, TimeUnit.MILLISECONDS);
    await(done);
    job.dispose();
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(100_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void periodThatIsNotPositiveIsWithoutAPause(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    for (long period : new long[] {0, -1}) {
      Scheduler.Worker worker = scheduler.createWorker();
      CountDownLatch runs = new CountDownLatch(10);
      Disposable job = worker.schedulePeriodically(runs::countDown, 0, period, TimeUnit.HOURS);
      await(runs);
      settle(worker); // others have their turn
      assertThat(job.isDisposed()).isFalse();
      job.dispose();
      assertThat(job.isDisposed()).isTrue();
      CountDownLatch direct = new CountDownLatch(10);
      Disposable another =
          scheduler.schedulePeriodically(direct::countDown, 1, period, TimeUnit.MILLISECONDS);
      await(direct);
      another.dispose();
    }
  }

  // ---- failures

  @ParameterizedTest
  @EnumSource
  void failureGoesToTheHookAndTheWorkerGoesOn(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    List<Throwable> heard = new CopyOnWriteArrayList<>();
    AtomicReference<Thread> where = new AtomicReference<>();
    AtomicReference<Thread> ranOn = new AtomicReference<>();
    Schedulers.onHandleError(
        (thread, failure) -> {
          where.set(thread);
          heard.add(failure);
        });
    Exception expected = new IllegalStateException("expected");
    Disposable failed =
        worker.schedule(
            () -> {
              ranOn.set(Thread.currentThread());
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              throw Exceptions.propagate(expected);
            });
    settle(worker);
    until("disposed", failed::isDisposed);
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0)).isSameAs(expected);
    assertThat(where.get()).isSameAs(ranOn.get());
    CountDownLatch direct = new CountDownLatch(1);
    Schedulers.onHandleError((thread, failure) -> direct.countDown());
    Error error = new AssertionError("expected too");
    Disposable unused =
        scheduler.schedule(
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              throw error;
            });
    await(direct);
  }

  @ParameterizedTest
  @EnumSource
  void failureGoesToTheUncaughtHandlerOfTheThread(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    CountDownLatch heard = new CountDownLatch(1);
    Disposable unused =
        worker.schedule(
            () -> {
              Thread.currentThread()
                  .setUncaughtExceptionHandler(
                      (thread, failure) -> {
                        thread.setUncaughtExceptionHandler(null);
                        heard.countDown();
                      });
              throw new IllegalStateException("expected");
            });
    await(heard);
  }

  @ParameterizedTest
  @EnumSource
  void periodicJobGoesOnAfterAFailureIfItHasAPeriod(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    CountDownLatch runs = new CountDownLatch(3);
    AtomicInteger unpaused = new AtomicInteger();
    Disposable job =
        scheduler.schedulePeriodically(
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              runs.countDown();
              throw new IllegalStateException("expected");
            },
            0,
            1,
            TimeUnit.MILLISECONDS);
    await(runs);
    job.dispose();
    Scheduler.Worker worker = scheduler.createWorker();
    Disposable unused =
        worker.schedulePeriodically(
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              unpaused.incrementAndGet();
              throw new IllegalStateException("expected");
            },
            0,
            0,
            TimeUnit.MILLISECONDS);
    settle(worker);
    settle(worker);
    assertThat(unpaused).hasValue(1);
  }

  // ---- hooks

  @ParameterizedTest
  @EnumSource
  void everyJobIsDecoratedOnce(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    AtomicInteger decorated = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    Schedulers.onScheduleHook(
        "test",
        task -> {
          decorated.incrementAndGet();
          return () -> {
            ran.incrementAndGet();
            task.run();
          };
        });
    CountDownLatch done = new CountDownLatch(4);
    List<Disposable> jobs =
        List.of(
            scheduler.schedule(done::countDown),
            scheduler.schedule(done::countDown, 1, TimeUnit.MILLISECONDS),
            scheduler.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS),
            worker.schedule(done::countDown),
            worker.schedule(done::countDown, 1, TimeUnit.MILLISECONDS),
            worker.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS));
    await(done);
    assertThat(decorated).hasValue(6);
    assertThat(ran).hasValue(4);
    jobs.forEach(Disposable::dispose);
  }

  @ParameterizedTest
  @EnumSource
  void jobThatFailsIsDecoratedOnceToo(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    AtomicInteger decorated = new AtomicInteger();
    Schedulers.onScheduleHook(
        "test",
        task -> {
          decorated.incrementAndGet();
          return task;
        });
    CountDownLatch heard = new CountDownLatch(1);
    Schedulers.onHandleError((thread, failure) -> heard.countDown());
    Disposable unused =
        worker.schedule(
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              throw new IllegalStateException("expected");
            });
    await(heard);
    assertThat(decorated).hasValue(1);
  }

  // ---- disposables

  @ParameterizedTest
  @EnumSource
  void jobIsDisposedOnceItHasRun(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    for (Disposable job :
        List.of(scheduler.schedule(() -> {}), scheduler.createWorker().schedule(() -> {}))) {
      until("disposed", job::isDisposed);
      job.dispose();
      assertThat(job.isDisposed()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobThatIsDisposedBeforeItsTurnNeverRuns(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    Held held = new Held();
    Disposable unused = worker.schedule(held);
    await(held.begun);
    AtomicInteger ran = new AtomicInteger();
    List<Disposable> jobs =
        List.of(
            worker.schedule(ran::incrementAndGet),
            worker.schedule(ran::incrementAndGet, 1, TimeUnit.MILLISECONDS),
            worker.schedulePeriodically(ran::incrementAndGet, 1, 1, TimeUnit.MILLISECONDS),
            scheduler.schedule(ran::incrementAndGet, 1, TimeUnit.DAYS));
    for (Disposable job : jobs) {
      assertThat(job.isDisposed()).isFalse();
      job.dispose();
      job.dispose();
      assertThat(job.isDisposed()).isTrue();
    }
    held.letGo.countDown();
    CountDownLatch later = new CountDownLatch(1);
    unused = worker.schedule(later::countDown, 5, TimeUnit.MILLISECONDS);
    await(later);
    assertThat(ran).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void disposeInterruptsTheJobThatRunsAndNoOther(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    for (int round = 0; round < 20; round++) {
      Held held = new Held();
      Disposable job = round % 2 == 0 ? worker.schedule(held) : scheduler.schedule(held);
      await(held.begun);
      assertThat(job.isDisposed()).isFalse();
      job.dispose();
      assertThat(job.isDisposed()).isTrue();
      await(held.over);
      assertThat(held.interrupted).isTrue();
      AtomicBoolean flag = new AtomicBoolean(true);
      CountDownLatch next = new CountDownLatch(1);
      Disposable unused =
          worker.schedule(
              () -> {
                flag.set(Thread.currentThread().isInterrupted());
                next.countDown();
              });
      await(next);
      assertThat(flag).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobThatDisposesItselfIsNotInterrupted(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    AtomicReference<Disposable> self = new AtomicReference<>();
    CountDownLatch set = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean(true);
    self.set(
        worker.schedulePeriodically(
            () -> {
              await(set);
              self.get().dispose();
              interrupted.set(Thread.currentThread().isInterrupted());
              done.countDown();
            },
            0,
            1,
            TimeUnit.MILLISECONDS));
    set.countDown();
    await(done);
    assertThat(interrupted).isFalse();
    assertThat(self.get().isDisposed()).isTrue();
    settle(worker);
  }

  @ParameterizedTest
  @EnumSource
  void workerIsDisposedWithItsJobsAndNoOthers(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker one = scheduler.createWorker();
    Scheduler.Worker other = scheduler.createWorker();
    AtomicInteger ran = new AtomicInteger();
    CountDownLatch others = new CountDownLatch(2);
    List<Disposable> jobs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      jobs.add(one.schedule(ran::incrementAndGet, 500, TimeUnit.MILLISECONDS));
      jobs.add(one.schedulePeriodically(ran::incrementAndGet, 500, 1, TimeUnit.MILLISECONDS));
    }
    Disposable kept = other.schedule(others::countDown, 600, TimeUnit.MILLISECONDS);
    Disposable direct = scheduler.schedule(others::countDown, 600, TimeUnit.MILLISECONDS);
    one.dispose();
    assertThat(jobs).allMatch(Disposable::isDisposed);
    assertThat(other.isDisposed()).isFalse();
    assertThat(kept.isDisposed()).isFalse();
    assertThat(direct.isDisposed()).isFalse();
    await(others);
    assertThat(ran).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void disposeOfTheWorkerInterruptsItsJob(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    Held held = new Held();
    Disposable job = worker.schedule(held);
    await(held.begun);
    worker.dispose();
    assertThat(job.isDisposed()).isTrue();
    await(held.over);
    assertThat(held.interrupted).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void disposeOfTheSchedulerInterruptsAndDropsTheRest(SchedulerSubject subject) {
    SchedulerSubject.Stage stage = open(subject);
    Scheduler scheduler = stage.scheduler();
    Scheduler other = stage.scheduler();
    Scheduler.Worker worker = scheduler.createWorker();
    Held held = new Held();
    Disposable unused = worker.schedule(held);
    AtomicInteger ran = new AtomicInteger();
    unused = worker.schedule(ran::incrementAndGet);
    unused = scheduler.schedule(ran::incrementAndGet, 1, TimeUnit.DAYS);
    await(held.begun);
    scheduler.dispose();
    await(held.over);
    assertThat(held.interrupted).isTrue();
    CountDownLatch later = new CountDownLatch(1);
    unused = other.schedule(later::countDown, 20, TimeUnit.MILLISECONDS);
    await(later);
    assertThat(ran).hasValue(0);
  }

  // ---- graceful disposal

  @ParameterizedTest
  @EnumSource
  void gracefulDisposalIsLazy(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Mono<Void> disposal = scheduler.disposeGracefully();
    assertThat(scheduler.isDisposed()).isFalse();
    CountDownLatch ran = new CountDownLatch(1);
    Disposable unused = scheduler.schedule(ran::countDown);
    await(ran);
    disposal.block(Duration.ofSeconds(30));
    assertThat(scheduler.isDisposed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void gracefulDisposalLetsJobsEndAndTakesNoMore(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scheduler.Worker worker = scheduler.createWorker();
    Held held = new Held();
    Disposable unused = worker.schedule(held);
    await(held.begun);
    AtomicInteger queued = new AtomicInteger();
    AtomicInteger delayed = new AtomicInteger();
    AtomicInteger periodic = new AtomicInteger();
    unused = worker.schedule(queued::incrementAndGet);
    unused = worker.schedule(delayed::incrementAndGet, 10, TimeUnit.MILLISECONDS);
    unused = worker.schedulePeriodically(periodic::incrementAndGet, 1, 1, TimeUnit.DAYS);
    Mono<Void> disposal = scheduler.disposeGracefully();
    assertThatThrownBy(() -> disposal.block(Duration.ofMillis(20)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(scheduler.isDisposed()).isTrue();
    assertThatThrownBy(() -> scheduler.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> worker.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    CountDownLatch subscribers = new CountDownLatch(2);
    Disposable first = disposal.subscribe(null, null, subscribers::countDown);
    Disposable second = disposal.subscribe(null, null, subscribers::countDown);
    held.letGo.countDown();
    disposal.block(Duration.ofSeconds(30));
    await(subscribers);
    assertThat(first.isDisposed()).isTrue();
    assertThat(second.isDisposed()).isTrue();
    assertThat(held.interrupted).isFalse();
    assertThat(queued).hasValue(1);
    assertThat(delayed).hasValue(1);
    assertThat(periodic).hasValue(0);
    scheduler.disposeGracefully().block(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @EnumSource
  void gracefulDisposalMayBeRetriedAfterATimeOut(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Held held = new Held();
    Disposable unused = scheduler.schedule(held);
    await(held.begun);
    AtomicInteger timeouts = new AtomicInteger();
    scheduler
        .disposeGracefully()
        .timeout(Duration.ofMillis(10))
        .doOnError(
            TimeoutException.class,
            timeout -> {
              if (timeouts.incrementAndGet() == 3) {
                held.letGo.countDown();
              }
            })
        .retry()
        .block(Duration.ofSeconds(30));
    assertThat(timeouts.get()).isGreaterThanOrEqualTo(3);
    assertThat(held.interrupted).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void disposeCutsAGracefulDisposalShort(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Held held = new Held();
    Disposable unused = scheduler.schedule(held);
    await(held.begun);
    CountDownLatch ended = new CountDownLatch(1);
    unused = scheduler.disposeGracefully().subscribe(null, null, ended::countDown);
    scheduler.dispose();
    await(held.over);
    assertThat(held.interrupted).isTrue();
    await(ended);
  }

  // ---- what they show

  @ParameterizedTest
  @EnumSource
  void schedulerShowsItsAttributes(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    Scannable shown = Scannable.from(scheduler);
    assertThat(shown.isScanAvailable()).isTrue();
    assertThat(shown.scan(Attr.TERMINATED)).isFalse();
    assertThat(shown.scan(Attr.CANCELLED)).isFalse();
    assertThat(shown.scan(Attr.NAME)).isEqualTo(scheduler.toString());
    assertThat(scheduler.toString())
        .startsWith(
            switch (subject.kind) {
              case PARALLEL, LANES -> "parallel(";
              case SINGLE -> "single(";
              case ELASTIC -> "boundedElastic(";
            });
    if (subject.kind == SchedulerSubject.Kind.ELASTIC) {
      assertThat(shown.scan(Attr.CAPACITY)).isEqualTo(SchedulerSubject.THREAD_CAP);
      assertThat(shown.scan(Attr.BUFFERED)).isZero();
    } else {
      assertThat(shown.scan(Attr.CAPACITY)).isEqualTo(shown.scan(Attr.BUFFERED)).isPositive();
    }
    scheduler.dispose();
    assertThat(shown.scan(Attr.TERMINATED)).isTrue();
    assertThat(shown.scan(Attr.CANCELLED)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void workerShowsItsJobs(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    Scannable shown = Scannable.from(worker);
    int before = shown.scan(Attr.BUFFERED); // a built-in elastic one counts itself
    assertThat(shown.scan(Attr.NAME)).isNotEmpty();
    Disposable one = worker.schedule(() -> {}, 1, TimeUnit.DAYS);
    Disposable other = worker.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS);
    assertThat(shown.scan(Attr.BUFFERED)).isEqualTo(before + 2);
    one.dispose();
    assertThat(shown.scan(Attr.BUFFERED)).isEqualTo(before + 1);
    assertThat(shown.scan(Attr.TERMINATED)).isFalse();
    worker.dispose();
    assertThat(other.isDisposed()).isTrue();
    assertThat(shown.scan(Attr.BUFFERED)).isZero();
    assertThat(shown.scan(Attr.TERMINATED)).isTrue();
    assertThat(shown.scan(Attr.CANCELLED)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void nowIsTheTimeOfDay(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    assertThat(scheduler.now(TimeUnit.MILLISECONDS))
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(5_000L));
    long first = scheduler.now(TimeUnit.NANOSECONDS);
    assertThat(scheduler.now(TimeUnit.NANOSECONDS)).isGreaterThanOrEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*ELASTIC.*")
  void elasticLimitsWhatAWorkerHasWaiting(SchedulerSubject subject) {
    Scheduler.Worker worker = scheduler(subject).createWorker();
    Held held = new Held();
    Disposable unused = worker.schedule(held);
    await(held.begun);
    List<Disposable> jobs = new ArrayList<>();
    for (int i = 0; i < SchedulerSubject.QUEUED_TASK_CAP; i++) {
      jobs.add(
          i % 2 == 0 ? worker.schedule(() -> {}) : worker.schedule(() -> {}, 1, TimeUnit.DAYS));
    }
    assertThatThrownBy(() -> worker.schedule(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("1001/1000");
    assertThatThrownBy(() -> worker.schedulePeriodically(() -> {}, 1, 1, TimeUnit.DAYS))
        .isInstanceOf(RejectedExecutionException.class);
    jobs.get(1).dispose();
    jobs.add(worker.schedule(() -> {})); // a place is free
    held.letGo.countDown();
    until("run", () -> jobs.get(0).isDisposed());
    until("a place", () -> Scannable.from(worker).scan(Attr.BUFFERED) < 600);
    unused = worker.schedule(() -> {});
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*ELASTIC.*")
  void elasticLimitsItsThreads(SchedulerSubject subject) {
    Scheduler scheduler = scheduler(subject);
    List<Held> all = new ArrayList<>();
    for (int i = 0; i < SchedulerSubject.THREAD_CAP; i++) {
      Held held = new Held();
      Disposable unused = scheduler.createWorker().schedule(held);
      await(held.begun);
      all.add(held);
    }
    assertThat(Scannable.from(scheduler).scan(Attr.BUFFERED))
        .isEqualTo(SchedulerSubject.THREAD_CAP);
    Held more = new Held();
    Disposable unused = scheduler.schedule(more);
    assertThat(more.begun.getCount()).isEqualTo(1);
    all.forEach(held -> held.letGo.countDown());
    await(more.begun);
    more.letGo.countDown();
  }
}
