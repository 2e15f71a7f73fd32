package dev.pollux.streams.rxjava;

import static dev.pollux.streams.rxjava.Waiting.await;
import static dev.pollux.streams.rxjava.Waiting.awaitQuietly;
import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.disposables.Disposable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is over is let go of, at once, whoever holds the scheduler, the worker and the runtime. */
@Timeout(120)
class SchedulerLeakTest {

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  enum Kind {
    COMPUTATION(PolluxRxScheduler::computation),
    IO(PolluxRxScheduler::io),
    SINGLE(PolluxRxScheduler::single);

    final Function<PolluxRuntime, PolluxRxScheduler> factory;

    Kind(Function<PolluxRuntime, PolluxRxScheduler> factory) {
      this.factory = factory;
    }
  }

  /** A job that can be told from others by the collector. */
  private static final class Payload implements Runnable {
    final byte[] weight = new byte[256];

    @Override
    public void run() {
      weight[0]++;
    }
  }

  @RegisterExtension final Plugins plugins = new Plugins();

  @ParameterizedTest
  @EnumSource
  void delayedAndDisposedJobsLeaveNothing(Kind kind) throws Exception {
    int count = 100_000;
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      Disposable stays = worker.schedule(() -> {}, 1, DAYS); // the queue is in use
      List<WeakReference<Payload>> payloads = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        Payload payload = new Payload();
        payloads.add(new WeakReference<>(payload));
        long delay = 1L + i % 1_000;
        Disposable job =
            switch (i % 4) {
              case 0, 1 -> worker.schedule(payload, delay, HOURS);
              case 2 -> scheduler.scheduleDirect(payload, delay, HOURS);
              default -> scheduler.schedulePeriodicallyDirect(payload, delay, 1, HOURS);
            };
        job.dispose();
        assertThat(job.isDisposed()).isTrue();
      }
      await(() -> collected(payloads) == count);
      await(() -> runtime.liveTasks() == 1);
      assertThat(stays.isDisposed()).isFalse();
      stays.dispose();
      await(() -> runtime.liveTasks() == 0);
      assertThat(plugins.errors).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedJobIsLetGoOfBeforeAnyThreadComes(Kind kind) throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().maxBlockingThreads(1).currentThread()) { // nobody drives it
      Scheduler scheduler = kind.factory.apply(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      if (kind == Kind.IO) { // its one thread is busy
        scheduler.scheduleDirect(
            () -> {
              begun.countDown();
              awaitQuietly(go);
            });
        await(begun);
      }
      List<WeakReference<Payload>> payloads = new ArrayList<>();
      List<Disposable> jobs = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        Payload payload = new Payload();
        payloads.add(new WeakReference<>(payload));
        jobs.add(i % 2 == 0 ? worker.schedule(payload) : worker.schedule(payload, 1L + i, HOURS));
        scheduler.scheduleDirect(payload, i, HOURS).dispose();
      }
      jobs.forEach(Disposable::dispose);
      await(() -> collected(payloads) == 1_000); // though the jobs themselves are held
      assertThat(jobs).allMatch(Disposable::isDisposed);
      go.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disposedWorkerKeepsNothing(Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      List<Scheduler.Worker> workers = new ArrayList<>();
      List<WeakReference<Payload>> payloads = new ArrayList<>();
      for (int w = 0; w < 100; w++) {
        Scheduler.Worker worker = scheduler.createWorker();
        workers.add(worker);
        for (int i = 0; i < 100; i++) {
          Payload payload = new Payload();
          payloads.add(new WeakReference<>(payload));
          worker.schedule(payload, i % 3 == 0 ? 0 : i, HOURS);
          worker.schedulePeriodically(payload, i, 1, HOURS);
        }
      }
      workers.forEach(Disposable::dispose);
      await(() -> collected(payloads) == 10_000);
      await(() -> runtime.liveTasks() == 0);
      assertThat(workers).allMatch(Disposable::isDisposed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void jobsThatRanAreLetGoOf(Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      List<WeakReference<Payload>> payloads = new ArrayList<>();
      List<Disposable> jobs = new ArrayList<>();
      AtomicInteger failing = new AtomicInteger();
      for (int i = 0; i < 1_000; i++) {
        Payload payload = new Payload();
        payloads.add(new WeakReference<>(payload));
        boolean fails = i % 10 == 0;
        Runnable job =
            () -> {
              payload.run();
              if (fails) {
                failing.incrementAndGet();
                throw new IllegalStateException();
              }
            };
        jobs.add(worker.schedule(job));
      }
      await(() -> jobs.stream().allMatch(Disposable::isDisposed));
      await(() -> collected(payloads) == 1_000);
      List<WeakReference<Disposable>> answers =
          new ArrayList<>(jobs.stream().map(job -> new WeakReference<>(job)).toList());
      jobs.clear();
      await(() -> collected(answers) == 1_000); // the worker has no list of them
      assertThat(failing).hasValue(100);
      worker.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shutdownLetsGoOfEverything(Kind kind) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Scheduler scheduler = kind.factory.apply(runtime);
      Scheduler.Worker worker = scheduler.createWorker();
      List<WeakReference<Payload>> payloads = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        Payload payload = new Payload();
        payloads.add(new WeakReference<>(payload));
        worker.schedule(payload, i, HOURS);
        scheduler.scheduleDirect(payload, i, HOURS);
        scheduler.schedulePeriodicallyDirect(payload, i, 1, HOURS);
      }
      var interval = Flowable.interval(1, HOURS, scheduler).subscribe();
      scheduler.shutdown();
      await(() -> runtime.liveTasks() == 0);
      await(() -> collected(payloads) == 1_000);
      interval.dispose();
      worker.dispose();
    }
  }

  private static long collected(List<? extends WeakReference<?>> references) {
    System.gc();
    return references.stream().filter(reference -> reference.get() == null).count();
  }
}
