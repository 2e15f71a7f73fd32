package dev.pollux.streams.rxjava;

import static dev.pollux.streams.rxjava.Waiting.await;
import static dev.pollux.streams.rxjava.Waiting.awaitQuietly;
import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.streams.rxjava.Subject.Opened;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.disposables.SerialDisposable;
import io.reactivex.rxjava3.exceptions.UndeliverableException;
import io.reactivex.rxjava3.internal.schedulers.SchedulerMultiWorkerSupport;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.schedulers.SchedulerRunnableIntrospection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What RxJava says of schedulers, workers and their disposables, rule by rule. It is held against
 * the built-in schedulers too, which shows that it is what they do. Where these differ among
 * themselves, a rule says for whom it holds.
 */
@Timeout(60)
class SchedulerContractTest {

  @RegisterExtension final Plugins plugins = new Plugins();

  // ---- order

  @ParameterizedTest
  @EnumSource
  void jobsOfOneWorkerRunInTheirOrder(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      List<Integer> ran = new ArrayList<>(); // unguarded: each job sees what the last one wrote
      CountDownLatch done = new CountDownLatch(1);
      for (int i = 0; i < 5_000; i++) {
        int number = i;
        worker.schedule(() -> ran.add(number));
      }
      worker.schedule(done::countDown);
      await(done);
      assertThat(ran).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobsOfOneWorkerNeverOverlap(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      int threads = 3;
      int perThread = 2_000;
      int[] count = {0};
      AtomicBoolean inside = new AtomicBoolean();
      AtomicInteger overlaps = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(threads * perThread);
      List<Thread> schedulers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < perThread; i++) {
                    worker.schedule(
                        () -> {
                          if (inside.getAndSet(true)) {
                            overlaps.incrementAndGet();
                          }
                          count[0]++;
                          inside.set(false);
                          done.countDown();
                        },
                        i % 3 == 0 ? i % 2 : 0,
                        MILLISECONDS);
                  }
                });
        schedulers.add(thread);
        thread.start();
      }
      for (Thread thread : schedulers) {
        thread.join();
      }
      await(done);
      assertThat(overlaps).hasValue(0);
      await(() -> !inside.get());
      assertThat(count[0]).isEqualTo(threads * perThread);
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void delayedJobsRunByTheirTimeAndThoseOfOneDelayInTheirOrder(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      List<String> ran = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch done = new CountDownLatch(1);
      worker.schedule(
          () -> {
            worker.schedule(done::countDown, 300, MILLISECONDS);
            worker.schedule(() -> ran.add("late"), 200, MILLISECONDS);
            worker.schedule(() -> ran.add("early"), 100, MILLISECONDS);
            worker.schedule(() -> ran.add("early too"), 100, MILLISECONDS);
            worker.schedule(() -> ran.add("at once"));
            worker.schedule(() -> ran.add("at once, below zero"), -5, SECONDS);
            worker.schedule(() -> ran.add("at once, zero"), 0, SECONDS);
          });
      await(done);
      assertThat(ran)
          .containsExactly(
              "at once", "at once, below zero", "at once, zero", "early", "early too", "late");
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAJobSchedulesRunsAfterIt(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      List<String> ran = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch done = new CountDownLatch(1);
      worker.schedule(
          () -> {
            ran.add("outer begins");
            worker.schedule(
                () -> {
                  ran.add("inner begins");
                  worker.schedule(done::countDown);
                  ran.add("inner ends");
                });
            ran.add("outer ends");
          });
      await(done);
      assertThat(ran).containsExactly("outer begins", "outer ends", "inner begins", "inner ends");
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void recursionNeedsNoStack(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      CountDownLatch done = new CountDownLatch(1);
      int[] left = {200_000};
      worker.schedule(
          new Runnable() {
            @Override
            public void run() {
              if (--left[0] == 0) {
                done.countDown();
              } else {
                worker.schedule(this);
              }
            }
          });
      await(done);
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noDelayIsCutShort(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (long delay : new long[] {1, 7, 30}) {
        for (int way = 0; way < 2; way++) {
          long[] ranAt = {0};
          CountDownLatch done = new CountDownLatch(1);
          Runnable job =
              () -> {
                ranAt[0] = System.nanoTime();
                done.countDown();
              };
          long from = System.nanoTime();
          if (way == 0) {
            worker.schedule(job, delay, MILLISECONDS);
          } else {
            opened.scheduler.scheduleDirect(job, delay, MILLISECONDS);
          }
          await(done);
          assertThat(ranAt[0] - from).isGreaterThanOrEqualTo(MILLISECONDS.toNanos(delay));
        }
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*(SINGLE|COMPUTATION_ON_(CURRENT|ONE)).*")
  void workersDoNotWaitForEachOther(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      CountDownLatch met = new CountDownLatch(2);
      Runnable meeting =
          () -> {
            met.countDown();
            awaitQuietly(met);
          };
      Scheduler.Worker one = opened.scheduler.createWorker();
      Scheduler.Worker other = opened.scheduler.createWorker();
      one.schedule(meeting);
      other.schedule(meeting);
      await(met);
      one.dispose();
      other.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*SINGLE.*")
  void singleKeepsTheOrderAcrossWorkersAndDirectJobs(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker one = opened.scheduler.createWorker();
      Scheduler.Worker other = opened.scheduler.createWorker();
      List<Integer> ran = new ArrayList<>();
      CountDownLatch done = new CountDownLatch(1);
      for (int i = 0; i < 3_000; i++) {
        int number = i;
        Runnable job = () -> ran.add(number);
        switch (i % 3) {
          case 0 -> one.schedule(job);
          case 1 -> other.schedule(job);
          default -> opened.scheduler.scheduleDirect(job);
        }
      }
      other.schedule(done::countDown);
      await(done);
      assertThat(ran).isEqualTo(IntStream.range(0, 3_000).boxed().toList());
    }
  }

  // ---- dispose

  @ParameterizedTest
  @EnumSource
  void disposedJobDoesNotRun(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      List<String> ran = Collections.synchronizedList(new ArrayList<>());
      worker.schedule(() -> awaitQuietly(go));
      Disposable queued = worker.schedule(() -> ran.add("queued"));
      Disposable delayed = worker.schedule(() -> ran.add("delayed"), 1, MILLISECONDS);
      worker.schedule(done::countDown, 50, MILLISECONDS);
      assertThat(queued.isDisposed()).isFalse();
      assertThat(delayed.isDisposed()).isFalse();
      queued.dispose();
      queued.dispose();
      delayed.dispose();
      assertThat(queued.isDisposed()).isEqualTo(hasParent(subject));
      assertThat(delayed.isDisposed()).isEqualTo(hasParent(subject));
      go.countDown();
      await(done);
      assertThat(ran).isEmpty();
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobIsDisposedWhenItIsDoneAndNotBefore(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (Function<Runnable, Disposable> way : ways(opened.scheduler, worker)) {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Disposable job =
            way.apply(
                () -> {
                  begun.countDown();
                  awaitQuietly(go);
                });
        await(begun);
        assertThat(job.isDisposed()).isFalse();
        assertThat(job.toString()).isNotEmpty();
        go.countDown();
        await(job::isDisposed);
        assertThat(job.toString()).isNotEmpty();
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposeInterruptsTheJobThatRunsAndNothingElse(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (Function<Runnable, Disposable> way : ways(opened.scheduler, worker)) {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Disposable job =
            way.apply(
                () -> {
                  begun.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException expected) {
                    interrupted.countDown();
                  }
                });
        await(begun);
        job.dispose();
        await(interrupted);
        await(() -> job.isDisposed() || !hasParent(subject));
        AtomicBoolean flag = new AtomicBoolean(true);
        CountDownLatch done = new CountDownLatch(1);
        Disposable next =
            way.apply(
                () -> {
                  flag.set(Thread.currentThread().isInterrupted());
                  done.countDown();
                });
        await(done);
        await(next::isDisposed);
        assertThat(flag).isFalse();
      }
      worker.dispose();
      assertThat(plugins.errors).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposeFromInsideInterruptsNothing(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (Function<Runnable, Disposable> way : ways(opened.scheduler, worker)) {
        SerialDisposable self = new SerialDisposable();
        CountDownLatch known = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean flag = new AtomicBoolean(true);
        self.set(
            way.apply(
                () -> {
                  awaitQuietly(known);
                  self.dispose();
                  flag.set(Thread.currentThread().isInterrupted());
                  done.countDown();
                }));
        known.countDown();
        await(done);
        assertThat(flag).isFalse();
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = "(COMPUTATION|SINGLE)_ON_CURRENT_THREAD")
  void interruptFlagThatAJobLeavesIsNotSeenByTheNext(Subject subject) throws Exception {
    // The thread that drives a current-thread runtime is the user's, and so is its flag.
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      AtomicBoolean flag = new AtomicBoolean(true);
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      worker.schedule(
          () -> {
            awaitQuietly(go);
            Thread.currentThread().interrupt();
          });
      worker.schedule(
          () -> {
            flag.set(Thread.currentThread().isInterrupted());
            done.countDown();
          });
      go.countDown();
      await(done);
      assertThat(flag).isFalse();
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedWorkerDropsItsJobsAndInterruptsTheOneThatRuns(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      List<String> ran = Collections.synchronizedList(new ArrayList<>());
      List<Disposable> jobs = new ArrayList<>();
      jobs.add(
          worker.schedule(
              () -> {
                begun.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException expected) {
                  interrupted.countDown();
                }
              }));
      jobs.add(worker.schedule(() -> ran.add("queued")));
      jobs.add(worker.schedule(() -> ran.add("delayed"), 1, MILLISECONDS));
      Disposable periodic =
          worker.schedulePeriodically(() -> ran.add("periodic"), 1, 1, MILLISECONDS);
      await(begun);
      assertThat(worker.isDisposed()).isFalse();
      worker.dispose();
      worker.dispose();
      assertThat(worker.isDisposed()).isTrue();
      await(interrupted);
      if (hasParent(subject)) {
        assertThat(jobs).allMatch(Disposable::isDisposed);
      }
      periodic.dispose();
      assertThat(periodic.isDisposed()).isTrue();
      CountDownLatch later = new CountDownLatch(1);
      opened.scheduler.scheduleDirect(later::countDown, 30, MILLISECONDS);
      await(later);
      assertThat(ran).isEmpty();
      assertThat(plugins.errors).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedWorkerLeavesOthersAlone(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker gone = opened.scheduler.createWorker();
      Scheduler.Worker stays = opened.scheduler.createWorker();
      CountDownLatch done = new CountDownLatch(2);
      gone.schedule(() -> {}, 1, HOURS);
      stays.schedule(done::countDown, 20, MILLISECONDS);
      opened.scheduler.scheduleDirect(done::countDown, 20, MILLISECONDS);
      gone.dispose();
      await(done);
      assertThat(stays.isDisposed()).isFalse();
      CountDownLatch after = new CountDownLatch(1);
      stays.schedule(after::countDown);
      await(after);
      stays.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedWorkerAnswersDisposedAndReportsNothing(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      worker.dispose();
      AtomicInteger ran = new AtomicInteger();
      assertThat(worker.schedule(ran::incrementAndGet)).isSameAs(Disposable.disposed());
      assertThat(worker.schedule(ran::incrementAndGet, 1, MILLISECONDS))
          .isSameAs(Disposable.disposed());
      assertThat(worker.schedulePeriodically(ran::incrementAndGet, 1, 1, MILLISECONDS))
          .isSameAs(Disposable.disposed());
      CountDownLatch later = new CountDownLatch(1);
      opened.scheduler.scheduleDirect(later::countDown, 20, MILLISECONDS);
      await(later);
      assertThat(ran).hasValue(0);
      assertThat(plugins.errors).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void workerDisposedFromInsideEndsARecursion(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      AtomicInteger ran = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(1);
      worker.schedule(
          new Runnable() {
            @Override
            public void run() {
              if (ran.incrementAndGet() == 10) {
                worker.dispose();
                done.countDown();
              }
              worker.schedule(this);
            }
          });
      await(done);
      CountDownLatch later = new CountDownLatch(1);
      opened.scheduler.scheduleDirect(later::countDown, 20, MILLISECONDS);
      await(later);
      assertThat(ran).hasValue(10);
    }
  }

  // ---- periodic jobs

  @ParameterizedTest
  @EnumSource
  void periodicJobRunsUntilItIsDisposed(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (long period : new long[] {2, 0, -1}) {
        for (long delay : new long[] {1, 0, -1}) {
          for (int way = 0; way < 2; way++) {
            CountDownLatch five = new CountDownLatch(5);
            AtomicInteger ran = new AtomicInteger();
            Runnable job =
                () -> {
                  ran.incrementAndGet();
                  five.countDown();
                };
            Disposable periodic =
                way == 0
                    ? opened.scheduler.schedulePeriodicallyDirect(job, delay, period, MILLISECONDS)
                    : worker.schedulePeriodically(job, delay, period, MILLISECONDS);
            await(five);
            assertThat(periodic.isDisposed()).isFalse();
            periodic.dispose();
            assertThat(periodic.isDisposed()).isTrue();
            int after = ran.get();
            CountDownLatch later = new CountDownLatch(1);
            worker.schedule(later::countDown, 10, MILLISECONDS);
            await(later);
            assertThat(ran.get() - after).isLessThanOrEqualTo(1); // the one that had begun
          }
        }
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void periodicJobCanDisposeItself(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (long period : new long[] {1, 0}) {
        for (int way = 0; way < 2; way++) {
          SerialDisposable self = new SerialDisposable();
          AtomicInteger ran = new AtomicInteger();
          AtomicBoolean flag = new AtomicBoolean();
          CountDownLatch known = new CountDownLatch(1);
          CountDownLatch done = new CountDownLatch(1);
          Runnable job =
              () -> {
                awaitQuietly(known);
                if (ran.incrementAndGet() == 3) {
                  self.dispose();
                  flag.set(Thread.currentThread().isInterrupted());
                  done.countDown();
                }
              };
          self.set(
              way == 0
                  ? opened.scheduler.schedulePeriodicallyDirect(job, 1, period, MILLISECONDS)
                  : worker.schedulePeriodically(job, 1, period, MILLISECONDS));
          known.countDown();
          await(done);
          CountDownLatch later = new CountDownLatch(1);
          worker.schedule(later::countDown, 10, MILLISECONDS);
          await(later);
          assertThat(ran).hasValue(3);
          if (way == 1 || subject != Subject.BUILT_IN_NEW_THREAD) { // which interrupts itself
            assertThat(flag).isFalse();
          }
        }
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobWithoutAPeriodLetsOthersRunBetween(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Disposable periodic =
          opened.scheduler.schedulePeriodicallyDirect(() -> {}, 0, 0, MILLISECONDS);
      Scheduler.Worker worker = opened.scheduler.createWorker();
      CountDownLatch done = new CountDownLatch(3);
      worker.schedule(done::countDown);
      worker.schedule(done::countDown, 3, MILLISECONDS);
      opened.scheduler.scheduleDirect(done::countDown);
      await(done);
      periodic.dispose();
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void periodicJobEndsWithItsFailure(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (long period : new long[] {1, 0}) {
        for (int way = 0; way < 2; way++) {
          plugins.errors.clear();
          OutOfMemoryError failure = new OutOfMemoryError("as if");
          AtomicInteger ran = new AtomicInteger();
          Runnable job =
              () -> {
                if (ran.incrementAndGet() == 2) {
                  throw failure;
                }
              };
          Disposable periodic =
              way == 0
                  ? opened.scheduler.schedulePeriodicallyDirect(job, 1, period, MILLISECONDS)
                  : worker.schedulePeriodically(job, 1, period, MILLISECONDS);
          await(() -> !plugins.errors.isEmpty());
          CountDownLatch later = new CountDownLatch(1);
          worker.schedule(later::countDown, 10, MILLISECONDS);
          await(later);
          assertThat(ran).hasValue(2);
          assertThat(plugins.errors).hasSizeBetween(1, 2); // some of RxJava's own report it twice
          assertThat(plugins.errors).allMatch(error -> error.getCause() == failure);
          if (way == 0 && period > 0) {
            assertThat(periodic.isDisposed()).isTrue();
          }
          periodic.dispose();
        }
      }
      worker.dispose();
    }
  }

  // ---- failures

  @ParameterizedTest
  @EnumSource
  void whatAJobThrowsGoesToThePluginAndTheWorkerGoesOn(Subject subject) throws Exception {
    List<Throwable> atThread = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> atThread.add(failure));
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      for (Throwable failure :
          List.of(new IllegalStateException("one"), new StackOverflowError("two"))) {
        for (Function<Runnable, Disposable> way : ways(opened.scheduler, worker)) {
          plugins.errors.clear();
          Disposable job =
              way.apply(
                  () -> {
                    if (failure instanceof Error error) {
                      throw error;
                    }
                    throw (IllegalStateException) failure;
                  });
          await(job::isDisposed);
          await(() -> !plugins.errors.isEmpty());
          CountDownLatch next = new CountDownLatch(1);
          Disposable after = way.apply(next::countDown);
          await(next);
          await(after::isDisposed);
          assertThat(plugins.errors).hasSizeBetween(1, 2); // some of RxJava's own report it twice
          assertThat(plugins.errors)
              .allMatch(error -> error == failure || error instanceof UndeliverableException)
              .allMatch(error -> error == failure || error.getCause() == failure);
        }
      }
      worker.dispose();
      assertThat(atThread).isEmpty();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"BUILT_IN_IO", "BUILT_IN_NEW_THREAD"}) // soon after
  void whoeverHearsOfAFailureFindsTheDirectJobDisposed(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      List<Function<Runnable, Disposable>> ways =
          List.of(
              scheduler::scheduleDirect,
              run -> scheduler.scheduleDirect(run, 1, MILLISECONDS),
              run -> scheduler.schedulePeriodicallyDirect(run, 1, 1, MILLISECONDS));
      for (Function<Runnable, Disposable> way : ways) {
        SerialDisposable self = new SerialDisposable();
        CountDownLatch known = new CountDownLatch(1);
        AtomicBoolean wasDisposed = new AtomicBoolean();
        CountDownLatch heard = new CountDownLatch(1);
        RxJavaPlugins.setErrorHandler(
            failure -> {
              wasDisposed.set(self.get().isDisposed());
              heard.countDown();
            });
        self.set(
            way.apply(
                () -> {
                  awaitQuietly(known);
                  throw new IllegalStateException();
                }));
        known.countDown();
        await(heard);
        assertThat(wasDisposed).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void failureThatASubscriberTookGoesNowhereElse(Subject subject) throws Exception {
    List<Throwable> atThread = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> atThread.add(failure));
    try (Opened opened = subject.open()) {
      IllegalStateException failure = new IllegalStateException("taken");
      List<Throwable> taken = new CopyOnWriteArrayList<>();
      Disposable subscription =
          Flowable.<Integer>error(failure)
              .subscribeOn(opened.scheduler)
              .observeOn(opened.scheduler)
              .subscribe(item -> {}, taken::add);
      await(() -> !taken.isEmpty());
      assertThat(taken).containsExactly(failure);
      await(subscription::isDisposed);
      assertThat(plugins.errors).isEmpty();
      assertThat(atThread).isEmpty();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  // ---- arguments, hooks, introspection

  @ParameterizedTest
  @EnumSource
  void nullRunnableIsNamed(Subject subject) {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      Scheduler.Worker worker = scheduler.createWorker();
      List<Runnable> calls =
          List.of(
              () -> scheduler.scheduleDirect(null),
              () -> scheduler.scheduleDirect(null, 1, MILLISECONDS),
              () -> scheduler.schedulePeriodicallyDirect(null, 1, 1, MILLISECONDS),
              () -> scheduler.schedulePeriodicallyDirect(null, 0, 0, MILLISECONDS),
              () -> worker.schedule(null),
              () -> worker.schedule(null, 1, MILLISECONDS),
              () -> worker.schedulePeriodically(null, 1, 1, MILLISECONDS));
      for (Runnable call : calls) {
        assertThatThrownBy(call::run)
            .isInstanceOf(NullPointerException.class)
            .hasMessage("run is null");
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void hookSeesAndReplacesEveryRunnable(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      Scheduler.Worker worker = scheduler.createWorker();
      List<Function<Runnable, Disposable>> ways =
          List.of(
              scheduler::scheduleDirect,
              run -> scheduler.scheduleDirect(run, 1, MILLISECONDS),
              run -> scheduler.schedulePeriodicallyDirect(run, 1, 10_000, MILLISECONDS),
              run -> scheduler.schedulePeriodicallyDirect(run, 1, 0, MILLISECONDS),
              worker::schedule,
              run -> worker.schedule(run, 1, MILLISECONDS),
              run -> worker.schedulePeriodically(run, 1, 10_000, MILLISECONDS));
      for (Function<Runnable, Disposable> way : ways) {
        CountDownLatch wrapped = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        Runnable run = ran::countDown;
        RxJavaPlugins.setScheduleHandler(
            given ->
                given != run // a periodic job of before may just plan its next run
                    ? given
                    : () -> {
                      wrapped.countDown();
                      given.run();
                    });
        Disposable job = way.apply(run);
        await(wrapped);
        await(ran);
        job.dispose();
        RxJavaPlugins.setScheduleHandler(null);
      }
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void directJobsShowTheirRunnable(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      AtomicInteger ran = new AtomicInteger();
      Runnable run = ran::incrementAndGet;
      Disposable now = scheduler.scheduleDirect(run);
      Disposable later = scheduler.scheduleDirect(run, 1, HOURS);
      Disposable periodic = scheduler.schedulePeriodicallyDirect(run, 1, 1, HOURS);
      for (Disposable job : List.of(now, later, periodic)) {
        assertThat(((SchedulerRunnableIntrospection) job).getWrappedRunnable()).isSameAs(run);
      }
      await(() -> ran.get() == 1);
      later.dispose();
      periodic.dispose();
      for (Disposable job : List.of(now, later, periodic)) {
        assertThat(((SchedulerRunnableIntrospection) job).getWrappedRunnable()).isSameAs(run);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void schedulerAndWorkerShowTheSameTime(Subject subject) {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      Scheduler.Worker worker = scheduler.createWorker();
      long first = scheduler.now(MILLISECONDS);
      long second = worker.now(MILLISECONDS);
      long third = scheduler.now(MILLISECONDS);
      assertThat(second).isBetween(first, third);
      assertThat(third - first).isLessThan(SECONDS.toMillis(30));
      assertThat(first).isCloseTo(System.currentTimeMillis(), within(SECONDS.toMillis(30)));
      assertThat(scheduler.now(NANOSECONDS) / 1_000_000_000L)
          .isCloseTo(scheduler.now(SECONDS), within(2L));
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalWorkersAreMadeAtATime(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      if (!(opened.scheduler instanceof SchedulerMultiWorkerSupport scheduler)) {
        assertThat(subject.isOurs()).isFalse();
        return;
      }
      List<Integer> indexes = new ArrayList<>();
      Set<Scheduler.Worker> workers = new HashSet<>();
      scheduler.createWorkers(
          7,
          (index, worker) -> {
            indexes.add(index);
            workers.add(worker);
          });
      assertThat(indexes).containsExactly(0, 1, 2, 3, 4, 5, 6);
      assertThat(workers).hasSize(7);
      CountDownLatch done = new CountDownLatch(7);
      workers.forEach(worker -> worker.schedule(done::countDown));
      await(done);
      workers.forEach(Disposable::dispose);
      for (int wrong : new int[] {0, -1}) {
        assertThatThrownBy(() -> scheduler.createWorkers(wrong, (index, worker) -> {}))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("number > 0 required")
            .hasMessageContaining("but it was " + wrong);
      }
      opened.scheduler.shutdown();
      List<Scheduler.Worker> late = new ArrayList<>();
      scheduler.createWorkers(2, (index, worker) -> late.add(worker));
      assertThat(late).hasSize(2).allMatch(Disposable::isDisposed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whenComposesIt(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler limited =
          opened.scheduler.when(workers -> Completable.merge(workers.map(Completable::concat), 1));
      List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
      Flowable.range(1, 20)
          .flatMap(i -> Flowable.just(i).subscribeOn(limited).doOnNext(ran::add))
          .test()
          .awaitDone(30, SECONDS)
          .assertComplete()
          .assertValueCount(20);
      assertThat(ran).hasSize(20);
      ((Disposable) limited).dispose();
    }
  }

  // ---- start and shutdown

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BUILT_IN_NEW_THREAD") // nothing to shut down
  void shutdownRejectsAndStartBeginsAnew(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      Scheduler.Worker old = scheduler.createWorker();
      CountDownLatch one = new CountDownLatch(1);
      old.schedule(one::countDown);
      await(one);
      scheduler.start(); // without effect
      AtomicInteger ran = new AtomicInteger();
      old.schedule(ran::incrementAndGet, 1, HOURS);
      scheduler.scheduleDirect(ran::incrementAndGet, 1, HOURS);
      scheduler.schedulePeriodicallyDirect(ran::incrementAndGet, 1, 1, HOURS);
      assertThat(plugins.errors).isEmpty();
      scheduler.shutdown();
      scheduler.shutdown();
      if (subject != Subject.BUILT_IN_IO) { // which answers a task that is disposed soon, or never
        assertThat(scheduler.scheduleDirect(ran::incrementAndGet)).isSameAs(Disposable.disposed());
        assertThat(scheduler.scheduleDirect(ran::incrementAndGet, 1, MILLISECONDS))
            .isSameAs(Disposable.disposed());
        assertThat(scheduler.schedulePeriodicallyDirect(ran::incrementAndGet, 1, 1, MILLISECONDS))
            .isSameAs(Disposable.disposed());
        assertThat(scheduler.schedulePeriodicallyDirect(ran::incrementAndGet, 0, 0, MILLISECONDS))
            .isSameAs(Disposable.disposed());
        assertThat(plugins.errors)
            .hasSize(4)
            .allMatch(error -> error.getCause() instanceof RejectedExecutionException);
      }
      Scheduler.Worker late = scheduler.createWorker();
      late.schedule(ran::incrementAndGet);
      old.schedule(ran::incrementAndGet);
      late.dispose();
      assertThat(late.isDisposed()).isTrue();
      assertThat(late.schedule(ran::incrementAndGet)).isSameAs(Disposable.disposed());

      scheduler.start();
      scheduler.start();
      Scheduler.Worker fresh = scheduler.createWorker();
      CountDownLatch again = new CountDownLatch(4);
      fresh.schedule(again::countDown);
      fresh.schedule(again::countDown, 50, MILLISECONDS);
      scheduler.scheduleDirect(again::countDown);
      scheduler.scheduleDirect(again::countDown, 50, MILLISECONDS);
      await(again);
      old.schedule(ran::incrementAndGet);
      CountDownLatch later = new CountDownLatch(1);
      fresh.schedule(later::countDown, 10, MILLISECONDS);
      await(later);
      assertThat(ran).hasValue(0);
      fresh.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BUILT_IN_NEW_THREAD") // nothing to shut down
  void shutdownInterruptsWhatRunsAndDropsWhatIsQueued(Subject subject) throws Exception {
    try (Opened opened = subject.open()) {
      Scheduler.Worker worker = opened.scheduler.createWorker();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      worker.schedule(
          () -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException expected) {
              interrupted.countDown();
            }
          });
      AtomicInteger ran = new AtomicInteger();
      worker.schedule(ran::incrementAndGet);
      worker.schedulePeriodically(ran::incrementAndGet, 1, 1, MILLISECONDS);
      await(begun);
      opened.scheduler.shutdown();
      await(interrupted);
      opened.scheduler.start();
      CountDownLatch later = new CountDownLatch(1);
      opened.scheduler.scheduleDirect(later::countDown, 20, MILLISECONDS);
      await(later);
      assertThat(ran).hasValue(0);
    }
  }

  // ---- with RxJava's operators

  @ParameterizedTest
  @EnumSource
  void operatorsRunOnIt(Subject subject) {
    try (Opened opened = subject.open()) {
      Scheduler scheduler = opened.scheduler;
      Flowable.range(1, 10_000)
          .observeOn(scheduler, false, 8)
          .map(i -> i + 1)
          .subscribeOn(scheduler)
          .parallel(3)
          .runOn(scheduler)
          .filter(i -> i % 2 == 0)
          .sequential()
          .observeOn(scheduler)
          .count()
          .test()
          .awaitDone(30, SECONDS)
          .assertResult(5_000L);
      Flowable.interval(1, MILLISECONDS, scheduler)
          .onBackpressureBuffer()
          .buffer(3)
          .delay(1, MILLISECONDS, scheduler)
          .timeout(30, SECONDS, scheduler)
          .take(5)
          .map(List::size)
          .test()
          .awaitDone(30, SECONDS)
          .assertResult(3, 3, 3, 3, 3);
      assertThat(plugins.errors).isEmpty();
    }
  }

  /** Whether a worker's disposables know of a dispose before the job would have run. */
  private static boolean hasParent(Subject subject) {
    return subject != Subject.BUILT_IN_NEW_THREAD;
  }

  private static List<Function<Runnable, Disposable>> ways(
      Scheduler scheduler, Scheduler.Worker worker) {
    return List.of(
        worker::schedule,
        run -> worker.schedule(run, 1, MILLISECONDS),
        scheduler::scheduleDirect,
        run -> scheduler.scheduleDirect(run, 1, MILLISECONDS));
  }
}
